//! The names under which fifty products write the same dozen fields.

/// A field of the normalized event, or a piece of one, as a column or key may carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the variants are the fields of `Event`, named alike")]
pub enum Field {
    /// A whole instant.
    Ts,
    /// The date half of an instant.
    Date,
    /// The clock half of an instant.
    Time,
    User,
    SrcIp,
    Device,
    /// A destination name, possibly with a port, or an address.
    Host,
    /// A server name from a TLS greeting.
    Sni,
    /// A name that was looked up.
    Query,
    Url,
    /// A path or path and query, without host.
    Path,
    DstIp,
    DstPort,
    Method,
    Status,
    Action,
    BytesUp,
    BytesDown,
    /// Both directions together.
    BytesTotal,
    DurationMs,
    DurationSeconds,
    DurationNanos,
    UserAgent,
    Referer,
    Category,
    App,
    Department,
    Groups,
    Session,
}

/// The normal form of a column's name: lower case, brackets and quotes dropped, everything else that is not a letter or a
/// digit becomes one `_`.
///
/// ```
/// # use umbrascope::formats::fields::alias::normal;
/// assert_eq!(normal("cs(User-Agent)"), "cs_user_agent");
/// assert_eq!(normal(" Source IP "), "source_ip");
/// assert_eq!(normal("TimeGenerated [UTC]"), "timegenerated_utc");
/// ```
pub fn normal(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if matches!(c, '"' | '\'' | ')' | ']' | '@') {
            // dropped
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    out.truncate(out.trim_end_matches('_').len());
    out
}

/// The field that a column of this normal name carries in a flat table (CSV, key=value).
///
/// `host` and `hostname` alone are ambiguous: they are the client's name where another column names the destination. That
/// is for the caller to settle, who sees all columns.
pub fn flat(normal: &str) -> Option<Field> {
    let table = TABLE;
    table.iter().find(|(_, names)| names.split_ascii_whitespace().any(|name| name == normal)).map(|(field, _)| *field)
}

/// One row a field; earlier rows win.
const TABLE: &[(Field, &str)] = &[
    (
        Field::Ts,
        "time timestamp date_time datetime event_time log_time eventtime logtime start_time starttime receive_time received_time \
         request_timestamp request_timestamp_epoch epoch epochtime generated_time timegenerated timegenerated_utc event_timestamp \
         generate_time ts _time request_time_stamp timestamp_utc time_utc",
    ),
    (Field::Date, "date log_date event_date"),
    (
        Field::User,
        "user username user_name src_user source_user srcuser suser login login_name loginname auth_user account account_name \
         cs_username user_id userid email upn identity policy_identity_label display_name user_email useremail initiatinguser \
         sourceusername source_user_name unauthuser authenticated_user full_username src_username client_user",
    ),
    (
        Field::SrcIp,
        "src src_ip source_ip client_ip clientip c_ip ip ip_address source source_address src_address srcaddr \
         internal_client_ip user_ip userip srcip client origin_ip sourceip source_ip_address client_address client_ip_address \
         local_ip localip initiator_ip",
    ),
    (
        Field::Device,
        "device device_name devicename devicehostname device_hostname computer computer_name workstation machine machine_name \
         endpoint client_host client_hostname client_system_name asset src_host srchost source_host source_hostname srcname \
         src_name src_hostname sourcehostname client_name clienthostname",
    ),
    (
        Field::Host,
        "dest_host destination_host dst_host dhost dsthost dstname dst_name domain fqdn site website target_host \
         requested_host cs_host r_host http_host destination_hostname destinationhostname dest_hostname destination_domain \
         dest_domain destination remotehost remote_host requested_domain url_domain urlhost url_host host_name_requested \
         destination_name dest_name destinationdomain destinationname target_fqdn dest_fqdn destination_fqdn",
    ),
    (Field::Sni, "server_name sni tls_sni ssl_sni servername"),
    (Field::Query, "query_name qname dns_query query dnsquery requested_name queryname"),
    (
        Field::Url,
        "url uri request request_url requesturl full_url cs_uri requested_url page link url_full remoteurl misc_url targeturl \
         target_url visited_url destination_url dest_url",
    ),
    (Field::Path, "path uri_path url_path cs_uri_path cs_uri_stem"),
    (
        Field::DstIp,
        "dst dst_ip dest_ip destination_ip dstip dstaddr dst_address destination_address dest_address server_ip serverip \
         r_ip target_ip destinationip remote_ip remoteip dest destination_ip_address responder_ip",
    ),
    (
        Field::DstPort,
        "dport dst_port dest_port destination_port dstport destinationport server_port r_port port remote_port remoteport \
         target_port",
    ),
    (Field::Method, "method http_method request_method reqmethod requestmethod operation cs_method httpmethod"),
    (Field::Status, "status status_code http_status http_status_code response_code responsecode respcode sc_status"),
    (
        Field::Action,
        "action act verdict result decision disposition policy_action event_action deviceaction device_action actiontype \
         sc_filter_result firewall_action",
    ),
    (
        Field::BytesUp,
        "bytes_out out_bytes bytes_sent sent_bytes sent sentbyte sentbytes upload upload_bytes uploaded_bytes bytes_uploaded \
         request_size requestsize reqsize cs_bytes tx_bytes client_bytes upstream_bytes srcbytes src_bytes bytesout \
         bytes_up orig_bytes outbytes bytes_sent_bytes client_to_server_bytes bytes_to_server",
    ),
    (
        Field::BytesDown,
        "bytes_in in_bytes bytes_received received_bytes recv_bytes rcvd rcvdbyte rcvd_bytes receivedbytes received download \
         download_bytes downloaded_bytes bytes_downloaded response_size responsesize respsize sc_bytes rx_bytes server_bytes \
         downstream_bytes dstbytes dst_bytes size bytesin bytes_down resp_bytes inbytes server_to_client_bytes \
         bytes_to_client",
    ),
    (Field::BytesTotal, "bytes total_bytes totalbytes traffic transaction_size totalsize bytes_total"),
    (Field::DurationMs, "duration_ms elapsed_ms time_taken response_time time_taken_ms elapsed"),
    (Field::DurationSeconds, "duration duration_s duration_sec elapsed_time session_duration"),
    (
        Field::UserAgent,
        "user_agent useragent ua agent cs_user_agent http_user_agent client_agent \
         requestclientapplication",
    ),
    (Field::Referer, "referer referrer refererurl cs_referer http_referer http_referrer"),
    (
        Field::Category,
        "category categories url_category urlcategory web_category url_categories cs_categories catdesc category_name \
         urlcategoryname webcategory",
    ),
    (Field::App, "app application appname app_name cloud_app cloudapp service application_name appid_name"),
    (Field::Department, "department dept division ou organization_unit organizational_unit role"),
    (Field::Groups, "group groups user_group usergroup auth_group user_groups cs_auth_group cs_auth_groups"),
    (Field::Session, "session_id sessionid session flow_id uid loguid connection_id"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_meaning() {
        let mut seen = std::collections::BTreeMap::new();
        for (field, names) in TABLE {
            for name in names.split_ascii_whitespace() {
                assert_eq!(normal(name), name.trim_start_matches('_'), "not in normal form");
                assert_eq!(seen.insert(name, field), None, "{name} stands twice");
            }
        }
    }
}
