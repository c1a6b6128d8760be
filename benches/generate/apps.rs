//! The web apps of the story, with their real hosts, and the hosts every page and machine brings along.

/// What a host of an app is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Page,
    Api,
    Login,
    Upload,
    Cdn,
    Media,
    Telemetry,
}

/// An app as a gateway names it.
#[derive(Clone, Copy, Debug)]
pub struct App {
    pub name: &'static str,
    pub category: &'static str,
    pub hosts: &'static [(Role, &'static str)],
}

use Role::{Api, Cdn, Login, Media, Page, Telemetry, Upload};

const fn app(name: &'static str, category: &'static str, hosts: &'static [(Role, &'static str)]) -> App {
    App { name, category, hosts }
}

/// The app of that name.
///
/// # Panics
///
/// When the story names an app that the table does not have.
pub fn named(name: &str) -> &'static App {
    APPS.iter().find(|app| app.name == name).unwrap_or_else(|| panic!("no app is called {name}"))
}

/// Every app of the story.
pub const APPS: &[App] = &[
    app(
        "Outlook",
        "Email",
        &[
            (Page, "outlook.office.com"),
            (Page, "outlook.office365.com"),
            (Api, "substrate.office.com"),
            (Cdn, "res.cdn.office.net"),
            (Telemetry, "browser.events.data.microsoft.com"),
            (Login, "login.microsoftonline.com"),
        ],
    ),
    app(
        "Teams",
        "Chat",
        &[
            (Page, "teams.microsoft.com"),
            (Api, "emea.ng.msg.teams.microsoft.com"),
            (Api, "presence.teams.microsoft.com"),
            (Cdn, "statics.teams.cdn.office.net"),
            (Telemetry, "teams.events.data.microsoft.com"),
        ],
    ),
    app(
        "SharePoint",
        "Office/Business Applications",
        &[
            (Page, "example.sharepoint.com"),
            (Upload, "example-my.sharepoint.com"),
            (Cdn, "static.sharepointonline.com"),
            (Api, "graph.microsoft.com"),
        ],
    ),
    app(
        "Salesforce",
        "Office/Business Applications",
        &[
            (Page, "example.my.salesforce.com"),
            (Api, "example.lightning.force.com"),
            (Cdn, "static.lightning.force.com"),
            (Login, "login.salesforce.com"),
        ],
    ),
    app(
        "Zoom",
        "Web Conferencing",
        &[
            (Page, "example.zoom.us"),
            (Api, "us06web.zoom.us"),
            (Cdn, "st1.zoom.us"),
            (Telemetry, "log-gateway.zoom.us"),
        ],
    ),
    app(
        "Dropbox",
        "File Storage/Sharing",
        &[
            (Page, "www.dropbox.com"),
            (Api, "api.dropboxapi.com"),
            (Upload, "content.dropboxapi.com"),
            (Cdn, "cfl.dropboxstatic.com"),
            (Telemetry, "d.dropbox.com"),
            (Api, "notify.dropboxapi.com"),
        ],
    ),
    app(
        "WeTransfer",
        "File Storage/Sharing",
        &[
            (Page, "wetransfer.com"),
            (Api, "backgrounds.wetransfer.net"),
            (Upload, "storm-eu-west-1.wetransfer.net"),
            (Cdn, "cdn.wetransfer.com"),
        ],
    ),
    app(
        "Google Drive",
        "File Storage/Sharing",
        &[
            (Page, "drive.google.com"),
            (Page, "docs.google.com"),
            (Api, "clients6.google.com"),
            (Upload, "upload.drive.google.com"),
            (Cdn, "lh3.googleusercontent.com"),
        ],
    ),
    app(
        "Gmail",
        "Email",
        &[
            (Page, "mail.google.com"),
            (Login, "accounts.google.com"),
            (Cdn, "ssl.gstatic.com"),
            (Api, "inbox.google.com"),
        ],
    ),
    app(
        "Box",
        "File Storage/Sharing",
        &[(Page, "app.box.com"), (Api, "api.box.com"), (Upload, "upload.box.com"), (Cdn, "cdn01.boxcdn.net")],
    ),
    app(
        "MEGA",
        "File Storage/Sharing",
        &[(Page, "mega.nz"), (Api, "g.api.mega.co.nz"), (Upload, "gfs270n112.userstorage.mega.co.nz")],
    ),
    app(
        "Trello",
        "Office/Business Applications",
        &[
            (Page, "trello.com"),
            (Api, "api.trello.com"),
            (Cdn, "a.trellocdn.com"),
            (Upload, "trello-attachments.s3.amazonaws.com"),
        ],
    ),
    app(
        "Notion",
        "Office/Business Applications",
        &[
            (Page, "www.notion.so"),
            (Api, "msgstore.www.notion.so"),
            (Cdn, "images.notion.so"),
            (Upload, "prod-files-secure.s3.us-west-2.amazonaws.com"),
        ],
    ),
    app(
        "Meta Business Suite",
        "Social Networking",
        &[(Page, "business.facebook.com"), (Api, "graph.facebook.com"), (Cdn, "static.xx.fbcdn.net")],
    ),
    app("Hootsuite", "Social Networking", &[(Page, "hootsuite.com"), (Page, "platform.hootsuite.com")]),
    app(
        "OneDrive",
        "File Storage/Sharing",
        &[(Page, "onedrive.live.com"), (Api, "api.onedrive.com"), (Upload, "my.microsoftpersonalcontent.com")],
    ),
    app("Slack elsewhere", "Chat", &[(Page, "hackersguild.slack.com"), (Upload, "files.slack.com")]),
    app(
        "Slack",
        "Chat",
        &[
            (Page, "app.slack.com"),
            (Api, "example-team.slack.com"),
            (Api, "wss-primary.slack.com"),
            (Upload, "files.slack.com"),
            (Cdn, "a.slack-edge.com"),
            (Telemetry, "slackb.com"),
        ],
    ),
    app(
        "Canva",
        "Graphics/Design",
        &[
            (Page, "www.canva.com"),
            (Api, "template.canva.com"),
            (Cdn, "static.canva.com"),
            (Upload, "media-upload.canva.com"),
            (Telemetry, "telemetry.canva.com"),
        ],
    ),
    app(
        "ChatGPT",
        "Generative AI",
        &[
            (Page, "chatgpt.com"),
            (Api, "ab.chatgpt.com"),
            (Cdn, "cdn.oaistatic.com"),
            (Upload, "files.oaiusercontent.com"),
            (Login, "auth.openai.com"),
        ],
    ),
    app(
        "Claude",
        "Generative AI",
        &[
            (Page, "claude.ai"),
            (Api, "a-api.anthropic.com"),
            (Cdn, "assets-proxy.anthropic.com"),
            (Telemetry, "statsig.anthropic.com"),
        ],
    ),
    app(
        "Gemini",
        "Generative AI",
        &[
            (Page, "gemini.google.com"),
            (Api, "push.clients6.google.com"),
            (Cdn, "www.gstatic.com"),
            (Login, "accounts.google.com"),
        ],
    ),
    app(
        "Perplexity",
        "Generative AI",
        &[
            (Page, "www.perplexity.ai"),
            (Cdn, "pplx-next-static-public.perplexity.ai"),
            (Upload, "ppl-ai-file-upload.s3.amazonaws.com"),
        ],
    ),
    app(
        "DeepSeek",
        "Generative AI",
        &[
            (Page, "chat.deepseek.com"),
            (Api, "fe-static.deepseek.com"),
            (Cdn, "cdn.deepseek.com"),
            (Telemetry, "apmplus.deepseek.com"),
        ],
    ),
    app(
        "DeepL",
        "Translation",
        &[
            (Page, "www.deepl.com"),
            (Api, "oneshot-free.www.deepl.com"),
            (Cdn, "static.deepl.com"),
            (Telemetry, "s.deepl.com"),
        ],
    ),
    app(
        "Grammarly",
        "Office/Business Applications",
        &[
            (Page, "app.grammarly.com"),
            (Api, "capi.grammarly.com"),
            (Cdn, "static.grammarly.com"),
            (Telemetry, "f-log-editor.grammarly.io"),
        ],
    ),
    app(
        "Otter.ai",
        "Office/Business Applications",
        &[(Page, "otter.ai"), (Api, "api.aisense.com"), (Upload, "api.otter.ai"), (Cdn, "static.otter.ai")],
    ),
    app(
        "Fireflies",
        "Office/Business Applications",
        &[(Page, "app.fireflies.ai"), (Api, "api.fireflies.ai"), (Upload, "upload.fireflies.ai")],
    ),
    app(
        "iLovePDF",
        "Office/Business Applications",
        &[(Page, "www.ilovepdf.com"), (Upload, "api11g.ilovepdf.com"), (Cdn, "static.ilovepdf.com")],
    ),
    app(
        "Smallpdf",
        "Office/Business Applications",
        &[(Page, "smallpdf.com"), (Upload, "files.smallpdf.com"), (Api, "api.smallpdf.com")],
    ),
    app(
        "WhatsApp Web",
        "Chat",
        &[
            (Page, "web.whatsapp.com"),
            (Api, "mmg.whatsapp.net"),
            (Cdn, "static.whatsapp.net"),
            (Telemetry, "dit.whatsapp.net"),
        ],
    ),
    app(
        "LinkedIn",
        "Social Networking",
        &[
            (Page, "www.linkedin.com"),
            (Cdn, "media.licdn.com"),
            (Cdn, "static.licdn.com"),
            (Telemetry, "px.ads.linkedin.com"),
        ],
    ),
    app(
        "Facebook",
        "Social Networking",
        &[
            (Page, "www.facebook.com"),
            (Api, "edge-chat.facebook.com"),
            (Cdn, "static.xx.fbcdn.net"),
            (Cdn, "scontent.xx.fbcdn.net"),
        ],
    ),
    app(
        "X",
        "Social Networking",
        &[(Page, "x.com"), (Api, "api.x.com"), (Cdn, "abs.twimg.com"), (Cdn, "pbs.twimg.com")],
    ),
    app(
        "Instagram",
        "Social Networking",
        &[
            (Page, "www.instagram.com"),
            (Api, "i.instagram.com"),
            (Cdn, "scontent.cdninstagram.com"),
            (Cdn, "static.cdninstagram.com"),
        ],
    ),
    app(
        "Reddit",
        "Social Networking",
        &[
            (Page, "www.reddit.com"),
            (Api, "gql-fed.reddit.com"),
            (Cdn, "www.redditstatic.com"),
            (Cdn, "preview.redd.it"),
        ],
    ),
    app(
        "Miro",
        "Graphics/Design",
        &[(Page, "miro.com"), (Api, "api.miro.com"), (Cdn, "static.miro-apps.com"), (Upload, "uploads.miro.com")],
    ),
    app(
        "Figma",
        "Graphics/Design",
        &[(Page, "www.figma.com"), (Api, "api.figma.com"), (Cdn, "static.figma.com"), (Upload, "s3-alpha.figma.com")],
    ),
    app(
        "Adobe Creative Cloud",
        "Graphics/Design",
        &[
            (Page, "creativecloud.adobe.com"),
            (Api, "cc-api-data.adobe.io"),
            (Cdn, "use.typekit.net"),
            (Upload, "cc-api-storage.adobe.io"),
        ],
    ),
    app(
        "GitHub",
        "Software Development",
        &[
            (Page, "github.com"),
            (Api, "api.github.com"),
            (Cdn, "github.githubassets.com"),
            (Upload, "uploads.github.com"),
            (Telemetry, "collector.github.com"),
            (Cdn, "raw.githubusercontent.com"),
        ],
    ),
    app(
        "Stack Overflow",
        "Software Development",
        &[(Page, "stackoverflow.com"), (Cdn, "cdn.sstatic.net"), (Cdn, "i.sstatic.net")],
    ),
    app(
        "Docker Hub",
        "Software Development",
        &[
            (Page, "hub.docker.com"),
            (Api, "registry-1.docker.io"),
            (Login, "auth.docker.io"),
            (Cdn, "production.cloudflare.docker.com"),
        ],
    ),
    app("npm", "Software Development", &[(Api, "registry.npmjs.org"), (Page, "www.npmjs.com")]),
    app(
        "GitHub Copilot",
        "Generative AI",
        &[
            (Api, "api.individual.githubcopilot.com"),
            (Api, "copilot-proxy.githubusercontent.com"),
            (Telemetry, "copilot-telemetry.githubusercontent.com"),
        ],
    ),
    app("Cursor", "Generative AI", &[(Api, "api2.cursor.sh"), (Page, "cursor.com"), (Cdn, "downloads.cursor.com")]),
    app(
        "Airtable",
        "Office/Business Applications",
        &[
            (Page, "airtable.com"),
            (Api, "api.airtable.com"),
            (Cdn, "static.airtable.com"),
            (Upload, "v5.airtableusercontent.com"),
        ],
    ),
    app(
        "Calendly",
        "Office/Business Applications",
        &[(Page, "calendly.com"), (Api, "api.calendly.com"), (Cdn, "assets.calendly.com")],
    ),
    app(
        "DocuSign",
        "Office/Business Applications",
        &[
            (Page, "apps.docusign.com"),
            (Api, "eu.docusign.net"),
            (Login, "account.docusign.com"),
            (Cdn, "docucdn-a.akamaihd.net"),
        ],
    ),
    app(
        "Mailchimp",
        "Marketing",
        &[
            (Page, "us21.admin.mailchimp.com"),
            (Api, "api.mailchimp.com"),
            (Login, "login.mailchimp.com"),
            (Cdn, "cdn-images.mailchimp.com"),
        ],
    ),
    app(
        "HubSpot",
        "Marketing",
        &[
            (Page, "app.hubspot.com"),
            (Api, "api.hubapi.com"),
            (Cdn, "static.hsappstatic.net"),
            (Upload, "api-na1.hubapi.com"),
        ],
    ),
    app(
        "Zoho",
        "Office/Business Applications",
        &[
            (Page, "crm.zoho.com"),
            (Api, "accounts.zoho.com"),
            (Cdn, "static.zohocdn.com"),
            (Upload, "workdrive.zoho.com"),
        ],
    ),
    app(
        "Basecamp",
        "Office/Business Applications",
        &[
            (Page, "3.basecamp.com"),
            (Login, "launchpad.37signals.com"),
            (Cdn, "bc3-production-assets-cdn.basecamp-static.com"),
            (Upload, "storage.basecamp.com"),
        ],
    ),
    app(
        "Asana",
        "Office/Business Applications",
        &[(Page, "app.asana.com"), (Cdn, "d3ki9tyy5l5ruj.cloudfront.net"), (Api, "sync.app.asana.com")],
    ),
    app(
        "monday.com",
        "Office/Business Applications",
        &[(Page, "example.monday.com"), (Cdn, "cdn.monday.com"), (Login, "auth.monday.com")],
    ),
    app(
        "TeamViewer",
        "Remote Access",
        &[(Page, "login.teamviewer.com"), (Api, "router15.teamviewer.com"), (Api, "ping3.teamviewer.com")],
    ),
    app(
        "AnyDesk",
        "Remote Access",
        &[(Page, "my.anydesk.com"), (Api, "relay-8f2c11aa.net.anydesk.com"), (Api, "boot.net.anydesk.com")],
    ),
    app("Pastebin", "File Storage/Sharing", &[(Page, "pastebin.com"), (Api, "scrape.pastebin.com")]),
    app(
        "NordVPN",
        "Proxy Avoidance",
        &[(Page, "nordvpn.com"), (Api, "api.nordvpn.com"), (Api, "downloads.nordcdn.com")],
    ),
    app(
        "YouTube",
        "Audio/Video Clips",
        &[
            (Page, "www.youtube.com"),
            (Cdn, "i.ytimg.com"),
            (Media, "rr3---sn-4g5ednsz.googlevideo.com"),
            (Api, "youtubei.googleapis.com"),
        ],
    ),
    app(
        "Spotify",
        "Audio/Video Clips",
        &[
            (Page, "open.spotify.com"),
            (Api, "gew4-spclient.spotify.com"),
            (Media, "audio-ak-spotify-com.akamaized.net"),
            (Cdn, "i.scdn.co"),
        ],
    ),
    app(
        "Netflix",
        "Audio/Video Clips",
        &[(Page, "www.netflix.com"), (Media, "ipv4-c002-lon001-ix.1.oca.nflxvideo.net"), (Cdn, "assets.nflxext.com")],
    ),
    app(
        "Steam",
        "Games",
        &[
            (Page, "store.steampowered.com"),
            (Cdn, "cdn.cloudflare.steamstatic.com"),
            (Media, "cache1-lhr1.steamcontent.com"),
            (Api, "api.steampowered.com"),
        ],
    ),
    app("Pinterest", "Social Networking", &[(Page, "www.pinterest.com"), (Cdn, "i.pinimg.com"), (Cdn, "s.pinimg.com")]),
    app("SurveyMonkey", "Office/Business Applications", &[(Page, "www.surveymonkey.com"), (Cdn, "prod.smassets.net")]),
    app(
        "Typeform",
        "Office/Business Applications",
        &[(Page, "example.typeform.com"), (Api, "api.typeform.com"), (Cdn, "renderer-assets.typeform.com")],
    ),
    app(
        "Loom",
        "Office/Business Applications",
        &[(Page, "www.loom.com"), (Cdn, "cdn.loom.com"), (Upload, "loom-raw-uploads.s3.us-west-2.amazonaws.com")],
    ),
    app("Stripe", "Finance", &[(Page, "dashboard.stripe.com"), (Api, "api.stripe.com"), (Cdn, "js.stripe.com")]),
    app("Xero", "Finance", &[(Page, "go.xero.com"), (Login, "login.xero.com"), (Api, "api.xero.com")]),
    app("PayPal", "Finance", &[(Page, "www.paypal.com"), (Cdn, "www.paypalobjects.com"), (Api, "api-m.paypal.com")]),
    app("BambooHR", "Office/Business Applications", &[(Page, "example.bamboohr.com"), (Cdn, "resources.bamboohr.com")]),
    app(
        "Jira",
        "Software Development",
        &[
            (Page, "example.atlassian.net"),
            (Api, "api.atlassian.com"),
            (Cdn, "jira-frontend-bifrost.prod-east.frontend.public.atl-paas.net"),
        ],
    ),
    app("Hugging Face", "Generative AI", &[(Page, "huggingface.co"), (Cdn, "cdn-lfs.huggingface.co")]),
    app(
        "Google Search",
        "Search Engines",
        &[(Page, "www.google.com"), (Api, "suggestqueries.google.com"), (Cdn, "encrypted-tbn0.gstatic.com")],
    ),
    app(
        "Wikipedia",
        "Reference",
        &[(Page, "en.wikipedia.org"), (Cdn, "upload.wikimedia.org"), (Api, "intake-analytics.wikimedia.org")],
    ),
];

/// What other people's pages pull in: fonts, counters, like buttons, advertising. (host, path)
pub const EMBEDS: &[(&str, &str)] = &[
    ("fonts.googleapis.com", "/css2?family=Inter:wght@400;600"),
    ("fonts.gstatic.com", "/s/inter/v18/UcCO3FwrK3iLTeHuS.woff2"),
    ("www.google-analytics.com", "/g/collect?v=2&tid=G-EXAMPLE1"),
    ("www.googletagmanager.com", "/gtm.js?id=GTM-EXAMPLE"),
    ("www.facebook.com", "/tr?id=1234567890&ev=PageView"),
    ("connect.facebook.net", "/en_US/fbevents.js"),
    ("platform.twitter.com", "/widgets.js"),
    ("securepubads.g.doubleclick.net", "/tag/js/gpt.js"),
    ("googleads.g.doubleclick.net", "/pagead/viewthroughconversion/987654321/"),
    ("static.criteo.net", "/js/ld/publishertag.js"),
    ("ib.adnxs.com", "/ut/v3/prebid"),
    ("cdn.taboola.com", "/libtrc/loader.js"),
    ("sb.scorecardresearch.com", "/beacon.js"),
    ("static.hotjar.com", "/c/hotjar-1234567.js"),
    ("cdn.cookielaw.org", "/scripttemplates/otSDKStub.js"),
    ("cdn.jsdelivr.net", "/npm/bootstrap@5.3.3/dist/js/bootstrap.bundle.min.js"),
    ("px.ads.linkedin.com", "/collect/?pid=12345&fmt=gif"),
    ("bat.bing.com", "/bat.js"),
];

/// News and shops: destinations nobody would call an app. (host, over TLS)
pub const SITES: &[(&str, bool)] = &[
    ("www.bbc.co.uk", true),
    ("www.theguardian.com", true),
    ("www.johnlewis.co.uk", true),
    ("www.smh.com.au", true),
    ("www.bunnings.com.au", true),
    ("www.reuters.com", true),
    ("www.lemonde.fr", true),
    ("www.ft.com", true),
    ("www.weather.example", false),
    ("news.cityherald.example", false),
    ("www.garden-tools.example", false),
    ("recipes.kitchen.example", false),
    ("www.trains.example", true),
    ("forum.motorbikes.example", false),
    ("shop.office-chairs.example", true),
];

/// What a machine does by itself. (host, over TLS, path, bytes down at most)
pub const MACHINE: &[(&str, bool, &str, u64)] = &[
    ("settings-win.data.microsoft.com", true, "/settings/v3.0/wsd/muse", 9_000),
    ("v10.events.data.microsoft.com", true, "/OneCollector/1.0", 4_000),
    ("edge.microsoft.com", true, "/componentupdater/api/v1/update", 12_000),
    ("update.googleapis.com", true, "/service/update2/json", 9_000),
    ("ocsp.digicert.com", false, "/MFEwTzBNMEswSTAJBgUrDgMCGgUABBQ50otx", 900),
    ("ctldl.windowsupdate.com", false, "/msdownload/update/v3/static/trustedr/en/authrootstl.cab", 9_000),
    ("www.msftconnecttest.com", false, "/connecttest.txt", 500),
    ("crl3.digicert.com", false, "/DigiCertGlobalRootG2.crl", 2_000),
    ("o.lencr.org", false, "/MFMwUTBPME0wSzAJBgUrDgMCGgUABBRpD", 900),
    ("safebrowsing.googleapis.com", true, "/v5/hashLists:batchGet", 40_000),
];

/// Software updaters, mostly at night. (host, over TLS, path, bytes down at most)
pub const UPDATERS: &[(&str, bool, &str, u64)] = &[
    (
        "download.windowsupdate.com",
        false,
        "/c/msdownload/update/software/secu/2026/03/windows11.0-kb5053598-x64.cab",
        90_000_000,
    ),
    ("fe2cr.update.microsoft.com", true, "/v6/ClientWebService/client.asmx", 60_000),
    ("definitionupdates.microsoft.com", true, "/download/DefinitionUpdates/mpam-fe.exe", 120_000_000),
    ("edgedl.me.gvt1.com", false, "/edgedl/release2/chrome/145_0_7632_76/chrome_updater.exe", 110_000_000),
    ("archive.ubuntu.com", false, "/ubuntu/dists/noble-updates/InRelease", 130_000),
    ("security.ubuntu.com", false, "/ubuntu/dists/noble-security/main/binary-amd64/Packages.xz", 900_000),
    ("deb.debian.org", false, "/debian/dists/trixie-updates/InRelease", 60_000),
    ("armmdl.adobe.com", true, "/manifest/64/win/AcrobatDCManifest3.msi", 500_000),
    ("update.code.visualstudio.com", true, "/api/update/win32-x64/stable/latest", 3_000),
    ("aus5.mozilla.org", true, "/update/6/Firefox/148.0/release/update.xml", 3_000),
];
