//! One visit written in each log grammar: a function per grammar, appending one record to a buffer.
//!
//! The functions are plain byte pushing (no `format!`), because the bench traffic goes through them
//! at hundreds of megabytes a second.

/// What the device did with the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Allowed,
    Denied,
    /// A 407: the browser had not said who it is yet.
    Challenged,
    /// The client hung up.
    Aborted,
    /// The other side did not answer.
    Failed,
}

/// One request, as the device in the middle saw it. Empty text is "not known".
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// When it ended, in milliseconds since 1970.
    pub ms: u64,
    /// How long it took, in milliseconds.
    pub took: u64,
    pub user: &'a str,
    pub dept: &'a str,
    pub src: &'a str,
    pub dst: &'a str,
    pub host: &'a str,
    pub tls: bool,
    /// The proxy looked inside the TLS: method and path are known.
    pub inspected: bool,
    pub method: &'a str,
    pub path: &'a str,
    pub status: u16,
    pub verdict: Verdict,
    pub up: u64,
    pub down: u64,
    pub agent: &'a str,
    pub referer: &'a str,
    pub mime: &'a str,
    pub category: &'a str,
    pub app: &'a str,
    /// Any number that tells this visit from the others: ports, ids and sessions come from it.
    pub id: u64,
}

impl Visit<'_> {
    const fn port(&self) -> u64 {
        if self.tls { 443 } else { 80 }
    }

    const fn source_port(&self) -> u64 {
        32_768 + self.id % 28_000
    }

    const fn hidden(&self) -> bool {
        self.tls && !self.inspected
    }
}

/// A moment in calendar form; the date is worked out once a day, the time once a second.
#[derive(Clone, Debug)]
pub struct Clock {
    second: u64,
    milli: u64,
    day: u64,
    month: usize,
    day_of_month: u64,
    text: [u8; 19],
}

impl Clock {
    pub const fn new() -> Self {
        Self { second: u64::MAX, milli: 0, day: u64::MAX, month: 0, day_of_month: 0, text: *b"0000-00-00 00:00:00" }
    }

    /// Moves to `ms` milliseconds since 1970 (UTC).
    pub fn set(&mut self, ms: u64) {
        let second = ms / 1000;
        self.milli = ms % 1000;
        if second == self.second {
            return;
        }
        self.second = second;
        let day = second / 86_400;
        if day != self.day {
            self.day = day;
            // Howard Hinnant's civil_from_days, for days after 1970.
            let z = day + 719_468;
            let (era, of_era) = (z / 146_097, z % 146_097);
            let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
            let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
            let shifted = (5 * of_year + 2) / 153;
            let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
            let year = year_of_era + era * 400 + u64::from(month <= 2);
            self.day_of_month = of_year - (153 * shifted + 2) / 5 + 1;
            self.month = month as usize;
            self.put(0, year / 100);
            self.put(2, year % 100);
            self.put(5, month);
            self.put(8, self.day_of_month);
        }
        let of_day = second % 86_400;
        self.put(11, of_day / 3600);
        self.put(14, of_day / 60 % 60);
        self.put(17, of_day % 60);
    }

    const fn put(&mut self, at: usize, value: u64) {
        self.text[at] = b'0' + (value / 10) as u8;
        self.text[at + 1] = b'0' + (value % 10) as u8;
    }

    /// `2026-03-09`
    pub fn date(&self) -> &[u8] {
        &self.text[..10]
    }

    /// `08:15:42`
    pub fn time(&self) -> &[u8] {
        &self.text[11..]
    }

    /// `2026-03-09 08:15:42`
    pub const fn both(&self) -> &[u8] {
        &self.text
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

const MONTHS: [&str; 13] = ["", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn text(out: &mut Vec<u8>, value: &str) {
    out.extend_from_slice(value.as_bytes());
}

fn or_dash(out: &mut Vec<u8>, value: &str) {
    text(out, if value.is_empty() { "-" } else { value });
}

/// Appends a decimal number.
pub fn number(out: &mut Vec<u8>, value: u64) {
    padded(out, value, 1, b'0');
}

fn padded(out: &mut Vec<u8>, mut value: u64, width: usize, pad: u8) {
    let mut digits = [pad; 20];
    let mut at = 20;
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at.min(20 - width)..]);
}

/// Appends `digits` hexadecimal digits of `value`.
pub fn hex(out: &mut Vec<u8>, value: u64, digits: u32) {
    for place in (0..digits).rev() {
        out.push(b"0123456789abcdef"[(value >> (place * 4) & 15) as usize]);
    }
}

fn epoch_micros(out: &mut Vec<u8>, v: &Visit<'_>) {
    number(out, v.ms / 1000);
    out.push(b'.');
    padded(out, v.ms % 1000 * 1000 + v.id % 1000, 6, b'0');
}

fn scheme_and_host(out: &mut Vec<u8>, v: &Visit<'_>) {
    text(out, if v.tls { "https://" } else { "http://" });
    text(out, v.host);
}

fn bsd_time(out: &mut Vec<u8>, clock: &Clock) {
    text(out, MONTHS[clock.month]);
    out.push(b' ');
    padded(out, clock.day_of_month, 2, b' ');
    out.push(b' ');
    out.extend_from_slice(clock.time());
}

/// Squid's own format: `%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt`.
pub fn squid(out: &mut Vec<u8>, v: &Visit<'_>) {
    number(out, v.ms / 1000);
    out.push(b'.');
    padded(out, v.ms % 1000, 3, b'0');
    out.push(b' ');
    padded(out, v.took, 6, b' ');
    out.push(b' ');
    text(out, v.src);
    let cached = v.verdict == Verdict::Allowed && !v.tls && v.id.is_multiple_of(9) && v.method == "GET";
    text(
        out,
        match (v.verdict, v.tls) {
            (Verdict::Denied | Verdict::Challenged, _) => " TCP_DENIED/",
            (Verdict::Aborted, true) => " TCP_TUNNEL_ABORTED/",
            (Verdict::Aborted, false) => " TCP_MISS_ABORTED/",
            (Verdict::Failed, _) => " NONE_NONE/",
            (Verdict::Allowed, true) => " TCP_TUNNEL/",
            (Verdict::Allowed, false) if v.status == 304 => " TCP_REFRESH_UNMODIFIED/",
            (Verdict::Allowed, false) if cached => " TCP_MEM_HIT/",
            (Verdict::Allowed, false) => " TCP_MISS/",
        },
    );
    padded(out, u64::from(v.status), 3, b'0');
    out.push(b' ');
    number(out, v.down);
    if v.tls {
        text(out, " CONNECT ");
        text(out, v.host);
        text(out, ":443 ");
    } else {
        out.push(b' ');
        text(out, v.method);
        text(out, " http://");
        text(out, v.host);
        text(out, v.path);
        out.push(b' ');
    }
    let challenged = v.verdict == Verdict::Challenged;
    or_dash(out, if challenged { "" } else { v.user });
    let reached = matches!(v.verdict, Verdict::Allowed | Verdict::Aborted) && !cached;
    if reached {
        text(out, " HIER_DIRECT/");
        text(out, v.dst);
    } else {
        text(out, " HIER_NONE/-");
    }
    out.push(b' ');
    or_dash(out, if v.tls && reached { "" } else { v.mime });
    out.push(b'\n');
}

/// The directives that open a ProxySG `bcreportermain_v1` file, and come again after a restart.
pub fn proxysg_header(out: &mut Vec<u8>, clock: &Clock) {
    text(out, "#Software: SGOS 7.3.12.1\n#Version: 1.0\n#Start-Date: ");
    out.extend_from_slice(clock.both());
    text(out, "\n#Date: ");
    out.extend_from_slice(clock.both());
    text(
        out,
        "\n#Fields: date time time-taken c-ip cs-username cs-auth-group x-exception-id \
         sc-filter-result cs-categories cs(Referer) sc-status s-action cs-method rs(Content-Type) \
         cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs-uri-extension \
         cs(User-Agent) s-ip sc-bytes cs-bytes x-virus-id\n\
         #Remark: 1409000117 \"sg-branch\" \"192.0.2.3\" \"main\"\n",
    );
}

/// Symantec ProxySG, W3C `bcreportermain_v1`.
pub fn proxysg(out: &mut Vec<u8>, clock: &Clock, v: &Visit<'_>) {
    out.extend_from_slice(clock.both());
    out.push(b' ');
    number(out, v.took);
    out.push(b' ');
    text(out, v.src);
    if v.user.is_empty() || v.verdict == Verdict::Challenged {
        text(out, " - -");
    } else {
        text(out, " EXAMPLE\\");
        text(out, v.user);
        if v.dept.is_empty() {
            text(out, " -");
        } else {
            text(out, " \"EXAMPLE\\");
            text(out, v.dept);
            out.push(b'"');
        }
    }
    text(
        out,
        match v.verdict {
            Verdict::Allowed | Verdict::Aborted => " - OBSERVED \"",
            Verdict::Denied => " policy_denied DENIED \"",
            Verdict::Challenged => " authentication_failed DENIED \"",
            Verdict::Failed => " tcp_error OBSERVED \"",
        },
    );
    text(out, if v.category.is_empty() { "none" } else { v.category });
    text(out, "\" ");
    or_dash(out, if v.hidden() { "" } else { v.referer });
    out.push(b' ');
    number(out, u64::from(v.status));
    text(
        out,
        match v.verdict {
            Verdict::Denied => " TCP_DENIED ",
            Verdict::Challenged => " TCP_AUTH_MISS ",
            Verdict::Failed => " TCP_ERR_MISS ",
            _ if v.hidden() => " TCP_TUNNELED ",
            _ if v.status == 304 => " TCP_HIT ",
            _ => " TCP_NC_MISS ",
        },
    );
    text(out, if v.hidden() { "CONNECT" } else { v.method });
    out.push(b' ');
    or_dash(out, if v.hidden() { "" } else { v.mime });
    text(
        out,
        match (v.tls, v.inspected) {
            (true, false) => " tcp ",
            (true, true) => " https ",
            _ => " http ",
        },
    );
    text(out, v.host);
    out.push(b' ');
    number(out, v.port());
    out.push(b' ');
    if v.hidden() {
        text(out, "/ - -");
    } else {
        let (path, query) = v.path.split_at(v.path.find('?').unwrap_or(v.path.len()));
        text(out, path);
        out.push(b' ');
        or_dash(out, query);
        out.push(b' ');
        let name = path.rsplit('/').next().unwrap_or_default();
        or_dash(out, name.rsplit_once('.').map_or("", |(_, extension)| extension));
    }
    text(out, " \"");
    text(out, v.agent);
    text(out, "\" 192.0.2.3 ");
    number(out, v.down);
    out.push(b' ');
    number(out, v.up);
    text(out, " -\n");
}

/// The header of the firewall's export.
pub const FIREWALL_CSV_HEADER: &str = "\"time\",\"user\",\"src ip\",\"dst ip\",\"dst port\",\
    \"host\",\"url category\",\"app\",\"action\",\"bytes_sent\",\"bytes_received\",\
    \"duration_ms\",\"department\",\"policy\"\n";

/// A firewall's traffic page, exported: quoted cells under [`FIREWALL_CSV_HEADER`].
pub fn firewall_csv(out: &mut Vec<u8>, clock: &Clock, v: &Visit<'_>) {
    let (action, policy) = match v.verdict {
        Verdict::Denied => ("deny", "web-block"),
        _ => ("allow", "plant-to-internet"),
    };
    out.push(b'"');
    out.extend_from_slice(clock.both());
    cell(out, v.user);
    cell(out, v.src);
    cell(out, v.dst);
    count(out, v.port());
    cell(out, v.host);
    cell(out, v.category);
    cell(out, v.app);
    cell(out, action);
    count(out, v.up);
    count(out, v.down);
    count(out, v.took);
    cell(out, v.dept);
    cell(out, policy);
    text(out, "\"\n");
}

fn cell(out: &mut Vec<u8>, value: &str) {
    text(out, "\",\"");
    text(out, value);
}

fn count(out: &mut Vec<u8>, value: u64) {
    text(out, "\",\"");
    number(out, value);
}

/// The sixty columns of [`wide_csv`].
pub const WIDE_CSV_HEADER: &str = "\"record_number\",\"time\",\"timezone\",\"gateway_node\",\
    \"tenant\",\"location\",\"user\",\"department\",\"device_owner\",\"device_model\",\"device_os\",\
    \"agent_version\",\"src_ip\",\"src_port\",\"nat_ip\",\"nat_port\",\"src_country\",\
    \"src_zone\",\"dst_ip\",\"dst_port\",\"dst_country\",\"dst_zone\",\"protocol\",\"method\",\
    \"url\",\"domain\",\"url_category\",\"url_class\",\"reputation\",\"app_name\",\"app_class\",\
    \"app_risk\",\"action\",\"reason\",\"rule_label\",\"rule_type\",\"policy_version\",\"status\",\
    \"content_type\",\"file_name\",\"file_class\",\"file_hash\",\"malware_class\",\
    \"malware_name\",\"sandbox_verdict\",\"dlp_engine\",\"dlp_dictionary\",\"dlp_hits\",\
    \"tls_version\",\"tls_cipher\",\"tls_inspected\",\"certificate_status\",\
    \"bandwidth_class\",\"throttled_bytes\",\"bytes_sent\",\"bytes_received\",\"duration_ms\",\
    \"proxy_latency\",\"user_agent\",\"referrer\"\n";

/// A wide cloud-gateway export: sixty quoted cells, of which some ten matter.
pub fn wide_csv(out: &mut Vec<u8>, clock: &Clock, v: &Visit<'_>) {
    let denied = v.verdict == Verdict::Denied;
    out.push(b'"');
    number(out, v.id);
    text(out, "\",\"");
    out.extend_from_slice(clock.both());
    text(out, "\",\"UTC\",\"node-");
    number(out, v.id % 16);
    text(out, "\",\"example.com\",\"HQ");
    cell(out, v.user);
    text(out, "@example.com");
    cell(out, v.dept);
    cell(out, v.user);
    text(out, "\",\"Latitude 7450\",\"Windows 11\",\"4.5.0.281");
    cell(out, v.src);
    count(out, v.source_port());
    text(out, "\",\"198.51.100.4");
    count(out, v.source_port() / 2 + 1024);
    text(out, "\",\"GB\",\"trust");
    cell(out, v.dst);
    count(out, v.port());
    text(out, "\",\"US\",\"untrust");
    cell(out, if v.tls { "HTTPS" } else { "HTTP" });
    cell(out, v.method);
    text(out, "\",\"");
    scheme_and_host(out, v);
    text(out, v.path);
    cell(out, v.host);
    cell(out, v.category);
    text(out, "\",\"Business Use\",\"");
    number(out, v.id % 100);
    cell(out, v.app);
    text(out, "\",\"General Browsing\",\"");
    number(out, v.id % 5);
    cell(out, if denied { "Blocked" } else { "Allowed" });
    cell(out, if denied { "Not allowed to browse this category" } else { "Allowed" });
    text(out, "\",\"Default web rule\",\"URL\",\"118");
    count(out, u64::from(v.status));
    cell(out, v.mime);
    text(out, "\",\"None\",\"None\",\"None\",\"None\",\"None\",\"None\",\"None\",\"None\",\"0");
    text(out, "\",\"TLS1_3\",\"TLS_AES_256_GCM_SHA384\",\"Yes\",\"VALID\",\"Normal\",\"0");
    count(out, v.up);
    count(out, v.down);
    count(out, v.took);
    count(out, v.took / 16);
    cell(out, v.agent);
    cell(out, if v.referer.is_empty() { "None" } else { v.referer });
    text(out, "\"\n");
}

/// FortiGate forward traffic: forty `key=value` pairs.
pub fn fortigate(out: &mut Vec<u8>, clock: &Clock, v: &Visit<'_>) {
    text(out, "date=");
    out.extend_from_slice(clock.date());
    text(out, " time=");
    out.extend_from_slice(clock.time());
    text(out, " devname=\"FGT-EDGE\" devid=\"FG100FTK00000001\" eventtime=");
    number(out, v.ms);
    padded(out, v.id % 1_000_000, 6, b'0');
    text(
        out,
        " tz=\"+0000\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" \
         level=\"notice\" vd=\"root\" srcip=",
    );
    text(out, v.src);
    text(out, " srcname=\"PC-");
    text(out, v.user);
    text(out, "\" srcport=");
    number(out, v.source_port());
    text(out, " srcintf=\"lan\" dstip=");
    text(out, v.dst);
    text(out, " dstport=");
    number(out, v.port());
    text(
        out,
        " dstintf=\"wan1\" srccountry=\"Reserved\" \
         dstcountry=\"United States\" sessionid=",
    );
    number(out, v.id);
    text(out, " proto=6 action=\"");
    text(out, if v.verdict == Verdict::Denied { "deny" } else { "close" });
    text(out, "\" policyid=7 policyname=\"LAN to Internet\" user=\"");
    text(out, v.user);
    text(out, "\" group=\"");
    text(out, v.dept);
    text(out, "\" hostname=\"");
    text(out, v.host);
    text(out, if v.tls { "\" service=\"HTTPS" } else { "\" service=\"HTTP" });
    text(out, "\" trandisp=\"snat\" transip=198.51.100.4 app=\"");
    text(
        out,
        match (v.app, v.tls) {
            ("", true) => "HTTPS.BROWSER",
            ("", false) => "HTTP.BROWSER",
            (app, _) => app,
        },
    );
    text(out, "\" appcat=\"");
    text(out, v.category);
    text(out, "\" duration=");
    number(out, v.took / 1000);
    text(out, " sentbyte=");
    number(out, v.up);
    text(out, " rcvdbyte=");
    number(out, v.down);
    text(out, " sentpkt=");
    number(out, v.up / 1400 + 1);
    text(out, " rcvdpkt=");
    number(out, v.down / 1400 + 1);
    text(out, " utmaction=\"allow\" countapp=1\n");
}

/// The five `#` lines every Zeek log opens with, then its fields and types.
fn zeek_open(out: &mut Vec<u8>, clock: &Clock, name: &str, fields: &[(&str, &str)]) {
    text(out, "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n");
    text(out, "#path\t");
    text(out, name);
    zeek_mark(out, clock, "\n#open\t");
    text(out, "#fields");
    for (field, _) in fields {
        out.push(b'\t');
        text(out, field);
    }
    text(out, "\n#types");
    for (_, kind) in fields {
        out.push(b'\t');
        text(out, kind);
    }
    out.push(b'\n');
}

fn zeek_mark(out: &mut Vec<u8>, clock: &Clock, label: &str) {
    text(out, label);
    out.extend(clock.both().iter().map(|&byte| match byte {
        b' ' | b':' => b'-',
        other => other,
    }));
    out.push(b'\n');
}

/// The `#close` line of a Zeek log.
pub fn zeek_close(out: &mut Vec<u8>, clock: &Clock) {
    zeek_mark(out, clock, "#close\t");
}

const ZEEK_ID: [(&str, &str); 6] = [
    ("ts", "time"),
    ("uid", "string"),
    ("id.orig_h", "addr"),
    ("id.orig_p", "port"),
    ("id.resp_h", "addr"),
    ("id.resp_p", "port"),
];

fn zeek_header(out: &mut Vec<u8>, clock: &Clock, name: &str, rest: &[(&str, &str)]) {
    let fields: Vec<_> = ZEEK_ID.iter().chain(rest).copied().collect();
    zeek_open(out, clock, name, &fields);
}

/// Header of Zeek's `http.log`.
pub fn zeek_http_header(out: &mut Vec<u8>, clock: &Clock) {
    let rest = [
        ("trans_depth", "count"),
        ("method", "string"),
        ("host", "string"),
        ("uri", "string"),
        ("referrer", "string"),
        ("version", "string"),
        ("user_agent", "string"),
        ("origin", "string"),
        ("request_body_len", "count"),
        ("response_body_len", "count"),
        ("status_code", "count"),
        ("status_msg", "string"),
        ("info_code", "count"),
        ("info_msg", "string"),
        ("tags", "set[enum]"),
        ("username", "string"),
        ("password", "string"),
        ("proxied", "set[string]"),
        ("orig_fuids", "vector[string]"),
        ("orig_filenames", "vector[string]"),
        ("orig_mime_types", "vector[string]"),
        ("resp_fuids", "vector[string]"),
        ("resp_filenames", "vector[string]"),
        ("resp_mime_types", "vector[string]"),
    ];
    zeek_header(out, clock, "http", &rest);
}

/// Header of Zeek's `conn.log`.
pub fn zeek_conn_header(out: &mut Vec<u8>, clock: &Clock) {
    let rest = [
        ("proto", "enum"),
        ("service", "string"),
        ("duration", "interval"),
        ("orig_bytes", "count"),
        ("resp_bytes", "count"),
        ("conn_state", "string"),
        ("local_orig", "bool"),
        ("local_resp", "bool"),
        ("missed_bytes", "count"),
        ("history", "string"),
        ("orig_pkts", "count"),
        ("orig_ip_bytes", "count"),
        ("resp_pkts", "count"),
        ("resp_ip_bytes", "count"),
        ("tunnel_parents", "set[string]"),
        ("ip_proto", "count"),
    ];
    zeek_header(out, clock, "conn", &rest);
}

/// Header of Zeek's `ssl.log`.
pub fn zeek_ssl_header(out: &mut Vec<u8>, clock: &Clock) {
    let rest = [
        ("version", "string"),
        ("cipher", "string"),
        ("curve", "string"),
        ("server_name", "string"),
        ("resumed", "bool"),
        ("last_alert", "string"),
        ("next_protocol", "string"),
        ("established", "bool"),
        ("ssl_history", "string"),
        ("cert_chain_fps", "vector[string]"),
        ("client_cert_chain_fps", "vector[string]"),
        ("sni_matches_cert", "bool"),
    ];
    zeek_header(out, clock, "ssl", &rest);
}

/// Header of Zeek's `dns.log`.
pub fn zeek_dns_header(out: &mut Vec<u8>, clock: &Clock) {
    let rest = [
        ("proto", "enum"),
        ("trans_id", "count"),
        ("rtt", "interval"),
        ("query", "string"),
        ("qclass", "count"),
        ("qclass_name", "string"),
        ("qtype", "count"),
        ("qtype_name", "string"),
        ("rcode", "count"),
        ("rcode_name", "string"),
        ("AA", "bool"),
        ("TC", "bool"),
        ("RD", "bool"),
        ("RA", "bool"),
        ("Z", "count"),
        ("answers", "vector[string]"),
        ("TTLs", "vector[interval]"),
        ("rejected", "bool"),
    ];
    zeek_header(out, clock, "dns", &rest);
}

fn zeek_id(out: &mut Vec<u8>, v: &Visit<'_>, kind: u8, peer: &str, port: u64) {
    epoch_micros(out, v);
    out.extend_from_slice(b"\tC");
    out.push(kind);
    let mut bits = v.id.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ v.ms;
    for _ in 0..15 {
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        out.push(letters[(bits % 62) as usize]);
        bits = (bits / 62) ^ (bits << 47);
    }
    out.push(b'\t');
    text(out, v.src);
    out.push(b'\t');
    number(out, v.source_port());
    out.push(b'\t');
    text(out, peer);
    out.push(b'\t');
    number(out, port);
}

/// A line of Zeek's `http.log`.
pub fn zeek_http(out: &mut Vec<u8>, v: &Visit<'_>) {
    zeek_id(out, v, b'w', v.dst, v.port());
    text(out, "\t1\t");
    text(out, v.method);
    out.push(b'\t');
    text(out, v.host);
    out.push(b'\t');
    text(out, v.path);
    out.push(b'\t');
    or_dash(out, v.referer);
    text(out, "\t1.1\t");
    or_dash(out, v.agent);
    text(out, "\t-\t");
    number(out, v.up);
    out.push(b'\t');
    number(out, v.down);
    out.push(b'\t');
    number(out, u64::from(v.status));
    out.push(b'\t');
    text(
        out,
        match v.status {
            200 => "OK",
            204 => "No Content",
            302 => "Found",
            304 => "Not Modified",
            404 => "Not Found",
            _ => "Forbidden",
        },
    );
    text(out, "\t-\t-\t(empty)\t-\t-\t-\t-\t-\t-\tF");
    hex(out, v.id.wrapping_mul(0x2545_f491_4f6c_dd1d), 14);
    text(out, "\t-\t");
    or_dash(out, v.mime);
    out.push(b'\n');
}

/// A line of Zeek's `conn.log` (the uid equals that of the ssl or http line of the same visit).
pub fn zeek_conn(out: &mut Vec<u8>, v: &Visit<'_>) {
    zeek_id(out, v, b'w', v.dst, v.port());
    text(out, if v.tls { "\ttcp\tssl\t" } else { "\ttcp\thttp\t" });
    number(out, v.took / 1000);
    out.push(b'.');
    padded(out, v.took % 1000 * 1000 + v.id % 997, 6, b'0');
    out.push(b'\t');
    number(out, v.up);
    out.push(b'\t');
    number(out, v.down);
    text(out, "\tSF\tT\tF\t0\tShADadFf\t");
    let (sent, received) = (v.up / 1400 + 6, v.down / 1400 + 5);
    number(out, sent);
    out.push(b'\t');
    number(out, v.up + 52 * sent);
    out.push(b'\t');
    number(out, received);
    out.push(b'\t');
    number(out, v.down + 52 * received);
    text(out, "\t-\t6\n");
}

/// A line of Zeek's `ssl.log`.
pub fn zeek_ssl(out: &mut Vec<u8>, v: &Visit<'_>) {
    zeek_id(out, v, b'w', v.dst, v.port());
    text(out, "\tTLSv13\tTLS_AES_256_GCM_SHA384\tx25519\t");
    text(out, v.host);
    text(out, "\tF\t-\th2\tT\tCsiI\t-\t-\t-\n");
}

/// A line of Zeek's `dns.log`.
pub fn zeek_dns(out: &mut Vec<u8>, v: &Visit<'_>) {
    zeek_id(out, v, b'd', "192.0.2.53", 53);
    text(out, "\tudp\t");
    number(out, v.id % 65_000);
    text(out, "\t0.0");
    padded(out, 1000 + v.id % 80_000, 5, b'0');
    out.push(b'\t');
    text(out, v.host);
    text(out, "\t1\tC_INTERNET\t1\tA\t0\tNOERROR\tF\tF\tT\tT\t0\t");
    text(out, v.dst);
    text(out, "\t300.000000\tF\n");
}

/// A look-up in dnsmasq's (Pi-hole's) text log: the query and what became of it.
pub fn dnsmasq(out: &mut Vec<u8>, clock: &Clock, v: &Visit<'_>) {
    let head = |out: &mut Vec<u8>| {
        bsd_time(out, clock);
        text(out, " dnsmasq[2211]: ");
    };
    head(out);
    text(
        out,
        match v.id % 8 {
            0 => "query[AAAA] ",
            1 => "query[HTTPS] ",
            _ => "query[A] ",
        },
    );
    text(out, v.host);
    text(out, " from ");
    text(out, v.src);
    out.push(b'\n');
    head(out);
    if v.verdict == Verdict::Denied {
        text(out, "gravity blocked ");
        text(out, v.host);
        text(out, " is 0.0.0.0\n");
        return;
    }
    if v.id % 8 == 1 {
        text(out, "cached ");
        text(out, v.host);
        text(out, " is NODATA\n");
        return;
    }
    if v.id.is_multiple_of(3) {
        text(out, "cached ");
    } else {
        text(out, "forwarded ");
        text(out, v.host);
        text(out, " to 198.51.100.53\n");
        head(out);
        text(out, "reply ");
    }
    text(out, v.host);
    text(out, " is ");
    if v.id.is_multiple_of(8) {
        text(out, "2001:db8::");
        hex(out, v.id % 65_000, 4);
    } else {
        text(out, v.dst);
    }
    out.push(b'\n');
}

fn iso_time(out: &mut Vec<u8>, clock: &Clock) {
    out.extend_from_slice(clock.date());
    out.push(b'T');
    out.extend_from_slice(clock.time());
    out.push(b'.');
    padded(out, clock.milli, 3, b'0');
    out.push(b'Z');
}

/// JSON lines with ECS names, as a lean cloud gateway ships them.
pub fn ecs(out: &mut Vec<u8>, clock: &Clock, v: &Visit<'_>) {
    let denied = v.verdict == Verdict::Denied;
    text(out, "{\"@timestamp\":\"");
    iso_time(out, clock);
    text(out, "\",\"ecs\":{\"version\":\"8.17.0\"},\"event\":{\"category\":[\"web\"],\"type\":[\"");
    text(out, if denied { "denied" } else { "allowed" });
    text(out, "\"],\"duration\":");
    number(out, v.took * 1_000_000);
    text(out, "},\"user\":{\"name\":\"");
    text(out, v.user);
    text(out, "\",\"email\":\"");
    text(out, v.user);
    text(out, "@example.com\"},\"source\":{\"ip\":\"");
    text(out, v.src);
    text(out, "\",\"bytes\":");
    number(out, v.up);
    text(out, "},\"destination\":{\"ip\":\"");
    text(out, v.dst);
    text(out, "\",\"port\":");
    number(out, v.port());
    text(out, ",\"bytes\":");
    number(out, v.down);
    text(out, "},\"url\":{\"domain\":\"");
    text(out, v.host);
    text(out, "\",\"full\":\"");
    scheme_and_host(out, v);
    text(out, v.path);
    text(out, "\"},\"http\":{\"request\":{\"method\":\"");
    text(out, v.method);
    text(out, "\"},\"response\":{\"status_code\":");
    number(out, u64::from(v.status));
    text(out, "}},\"user_agent\":{\"original\":\"");
    text(out, v.agent);
    text(out, "\"},\"rule\":{\"category\":\"");
    text(out, v.category);
    text(out, "\"}}\n");
}

/// The same with everything a shipper adds: thirty-nine values, some 1.2 KB.
pub fn wide_json(out: &mut Vec<u8>, clock: &Clock, v: &Visit<'_>) {
    let denied = v.verdict == Verdict::Denied;
    text(out, "{\"@timestamp\":\"");
    iso_time(out, clock);
    text(
        out,
        "\",\"ecs\":{\"version\":\"8.17.0\"},\"agent\":{\"type\":\"filebeat\",\
         \"version\":\"9.1.2\",\
         \"hostname\":\"shipper-1\"},\"observer\":{\"vendor\":\"ExampleVendor\",\
         \"product\":\"Web Gateway\",\"type\":\"proxy\"},\
         \"event\":{\"kind\":\"event\",\"category\":[\"network\",\"web\"],\"type\":[\"",
    );
    text(out, if denied { "denied" } else { "allowed" });
    text(out, "\"],\"dataset\":\"gateway.web\",\"id\":\"");
    hex(out, v.id.wrapping_mul(0x2545_f491_4f6c_dd1d), 16);
    text(out, "\",\"duration\":");
    number(out, v.took * 1_000_000);
    text(out, "},\"user\":{\"name\":\"");
    text(out, v.user);
    text(out, "\",\"email\":\"");
    text(out, v.user);
    text(out, "@example.com\",\"group\":{\"name\":\"");
    text(out, v.dept);
    text(out, "\"}},\"source\":{\"ip\":\"");
    text(out, v.src);
    text(out, "\",\"port\":");
    number(out, v.source_port());
    text(out, ",\"bytes\":");
    number(out, v.up);
    text(out, "},\"destination\":{\"ip\":\"");
    text(out, v.dst);
    text(out, "\",\"port\":");
    number(out, v.port());
    text(out, ",\"bytes\":");
    number(out, v.down);
    text(out, "},\"network\":{\"transport\":\"tcp\",\"protocol\":\"http\",\"direction\":");
    text(out, "\"outbound\",\"bytes\":");
    number(out, v.up + v.down);
    text(out, "},\"tls\":{\"version\":\"1.3\",\"cipher\":\"TLS_AES_256_GCM_SHA384\"},");
    text(out, "\"url\":{\"domain\":\"");
    text(out, v.host);
    text(out, "\",\"full\":\"");
    scheme_and_host(out, v);
    text(out, v.path);
    text(out, "\"},\"http\":{\"request\":{\"method\":\"");
    text(out, v.method);
    text(out, "\",\"referrer\":\"");
    text(out, v.referer);
    text(out, "\"},\"response\":{\"status_code\":");
    number(out, u64::from(v.status));
    text(out, ",\"mime_type\":\"");
    text(out, v.mime);
    text(out, "\"}},\"user_agent\":{\"original\":\"");
    text(out, v.agent);
    text(out, "\"},\"rule\":{\"name\":\"Default web rule\",\"category\":\"");
    text(out, v.category);
    text(out, "\"},\"tags\":[\"web\",\"forwarded\",\"beats_input_codec_plain_applied\"]}\n");
}

/// NGINX `combined`: requests to our own web server, which say nothing about our people.
pub fn combined(out: &mut Vec<u8>, clock: &Clock, v: &Visit<'_>) {
    text(out, v.src);
    text(out, " - - [");
    padded(out, clock.day_of_month, 2, b'0');
    out.push(b'/');
    text(out, MONTHS[clock.month]);
    out.push(b'/');
    out.extend_from_slice(&clock.text[..4]);
    out.push(b':');
    out.extend_from_slice(clock.time());
    text(out, " +0000] \"");
    text(out, v.method);
    out.push(b' ');
    text(out, v.path);
    text(out, " HTTP/1.1\" ");
    number(out, u64::from(v.status));
    out.push(b' ');
    number(out, v.down);
    text(out, " \"");
    or_dash(out, v.referer);
    text(out, "\" \"");
    or_dash(out, v.agent);
    text(out, "\"\n");
}
