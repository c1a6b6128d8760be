use expect_test::{Expect, expect};
use std::io::{self, Write};

use super::*;

const SIGNATURES: &str = r#"
[jobs.drive]
name = "Drive"
about = "A folder for one person's files."

[categories.personal-storage]
name = "Personal storage"
about = "Consumer drives and photo clouds."
risk = "high"
why = "files leave the company for accounts that it does not see"

[[app]]
id = "dropbox"
name = "Dropbox"
aliases = ["Getdropbox"]
vendor = "Dropbox, Inc."
category = "personal-storage"
job = "drive"
reviewed = "2026-11"
domains = ["dropbox.com"]
ranges = [{ net = "203.0.113.0/24", source = "https://dropbox.example/net", as_of = "2026-11" }]
roles = { cdn = ["dropboxstatic.com"], site = ["www.dropbox.com/business"] }
tenants = ["{tenant}.dropbox.com"]

[[app]]
id = "onedrive-business"
name = "OneDrive for Business"
category = "personal-storage"
job = "drive"
patterns = [{ host = "*-my.sharepoint.com", why = "the tenant stands in the label" }]
"#;

fn run(command: impl Fn(&Catalog, &mut dyn Write) -> io::Result<u8>, code: u8, expected: Expect) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("storage.toml"), SIGNATURES).unwrap();
    let (catalog, problems) = Catalog::from_dir(dir.path());
    assert_eq!(problems, []);
    let mut out = Vec::new();
    assert_eq!(command(&catalog, &mut out).unwrap(), code);
    let out = String::from_utf8(out).unwrap();
    expected.assert_eq(&out.replace(&format!("{}/", dir.path().display()), ""));
}

#[test]
fn lists() {
    let filter = Filter::default();
    run(
        |catalog, out| list(catalog, &filter, ListFormat::Table, Some(80), out),
        0,
        expect![[r#"
             ID                 NAME                   VENDOR         CATEGORY
             dropbox            Dropbox                Dropbox, Inc.  personal-storage
             onedrive-business  OneDrive for Business                 personal-storage

            2 of 2 apps, catalog 6db8820f7a80c8fe
        "#]],
    );
    let filter = Filter { text: Some("DROPBOXstatic"), category: Some("personal-storage") };
    run(
        |catalog, out| list(catalog, &filter, ListFormat::Json, None, out),
        0,
        expect![[r#"
            [
              {
                "id": "dropbox",
                "name": "Dropbox",
                "vendor": "Dropbox, Inc.",
                "category": "personal-storage",
                "job": "drive",
                "aliases": [
                  "Getdropbox"
                ],
                "domains": [
                  {
                    "domain": "dropbox.com",
                    "role": "app"
                  },
                  {
                    "domain": "dropboxstatic.com",
                    "role": "cdn"
                  },
                  {
                    "domain": "www.dropbox.com/business",
                    "role": "site"
                  }
                ],
                "ranges": [
                  {
                    "net": "203.0.113.0/24",
                    "source": "https://dropbox.example/net",
                    "as_of": "2026-11"
                  }
                ],
                "tenants": [
                  "{tenant}.dropbox.com"
                ],
                "reviewed": "2026-11",
                "file": "storage.toml",
                "line": 12
              }
            ]
        "#]],
    );
    let filter = Filter { text: None, category: Some("personal-storge") };
    run(
        |catalog, out| list(catalog, &filter, ListFormat::Table, None, out),
        2,
        expect![[r#"
        there is no category `personal-storge`; did you mean `personal-storage`?
    "#]],
    );
    let filter = Filter { text: Some("nothing like it"), category: None };
    run(
        |catalog, out| list(catalog, &filter, ListFormat::Table, None, out),
        0,
        expect![[r#"
            0 of 2 apps, catalog 6db8820f7a80c8fe
        "#]],
    );
}

#[test]
fn shows() {
    run(
        |catalog, out| show(catalog, "dropbox", out),
        0,
        expect![[r#"
            Dropbox (dropbox)
              also        Getdropbox
              vendor      Dropbox, Inc.
              category    personal-storage: Consumer drives and photo clouds.
              job         drive: A folder for one person's files.
              app         dropbox.com
              site        www.dropbox.com/business
              cdn         dropboxstatic.com
              ranges      203.0.113.0/24 (https://dropbox.example/net, 2026-11)
              tenants     {tenant}.dropbox.com
              instead     OneDrive for Business (onedrive-business)
              reviewed    2026-11
              defined in  storage.toml:12
        "#]],
    );
    run(
        |catalog, out| show(catalog, "onedrive-business", out),
        0,
        expect![[r#"
            OneDrive for Business (onedrive-business)
              category    personal-storage: Consumer drives and photo clouds.
              job         drive: A folder for one person's files.
              patterns    *-my.sharepoint.com (the tenant stands in the label)
              instead     Dropbox (dropbox)
              defined in  storage.toml:25
        "#]],
    );
    run(
        |catalog, out| show(catalog, "dropbix", out),
        2,
        expect![[r#"
        there is no app `dropbix`; did you mean `dropbox`?
    "#]],
    );
}

#[test]
fn explains() {
    run(
        |catalog, out| explain(catalog, "https://WWW.Dropbox.com:443/home?x=1", out),
        0,
        expect![[r#"
            host         www.dropbox.com
            path         /home
            site         dropbox.com
            tried        www.dropbox.com
                         dropbox.com  <- matches
            entry        dropbox.com (suffix)
                         storage.toml:20
            role         app: a person works here
            app          Dropbox (dropbox)
            vendor       Dropbox, Inc.
            category     personal-storage: Consumer drives and photo clouds.
            risk         high: files leave the company for accounts that it does not see
        "#]],
    );
    run(
        |catalog, out| explain(catalog, "www.dropbox.com", out),
        0,
        expect![[r#"
            host         www.dropbox.com
            site         dropbox.com
            tried        www.dropbox.com
                         dropbox.com  <- matches
            entry        dropbox.com (suffix)
                         storage.toml:20
            role         app: a person works here
            app          Dropbox (dropbox)
            vendor       Dropbox, Inc.
            category     personal-storage: Consumer drives and photo clouds.
            risk         high: files leave the company for accounts that it does not see
            with a path  www.dropbox.com/business is dropbox (site)
        "#]],
    );
    run(
        |catalog, out| explain(catalog, "a.contoso-my.sharepoint.com", out),
        0,
        expect![[r#"
            host         a.contoso-my.sharepoint.com
            site         sharepoint.com
            tried        a.contoso-my.sharepoint.com
                         contoso-my.sharepoint.com  <- matches
            entry        *-my.sharepoint.com (pattern)
                         storage.toml:30
            role         app: a person works here
            app          OneDrive for Business (onedrive-business)
            category     personal-storage: Consumer drives and photo clouds.
            risk         high: files leave the company for accounts that it does not see
        "#]],
    );
    run(
        |catalog, out| explain(catalog, "www.dropbx.com", out),
        0,
        expect![[r#"
        host         www.dropbx.com
        site         dropbx.com
        tried        www.dropbx.com
                     dropbx.com
                     com
        entry        none: in a report it stands under `uncataloged`
        near         dropbox.com of Dropbox (dropbox)

        to give it a name, write in a signature file of your own:

            [[app]]
            id         = "dropbx"
            name       = "..."
            category   = "..."
            domains    = ["dropbx.com"]
    "#]],
    );
    run(
        |catalog, out| explain(catalog, "https://192.0.2.7/x", out),
        0,
        expect![[r#"
            address      192.0.2.7
            entry        none: no vendor publishes that this address is one app's alone
                         in a report it stands under `uncataloged`, unless the log also tells a name
        "#]],
    );
    run(
        |catalog, out| explain(catalog, "203.0.113.9", out),
        0,
        expect![[r#"
            address      203.0.113.9
            entry        203.0.113.0/24 (range)
                         storage.toml:21
            role         app: a person works here
            app          Dropbox (dropbox)
            vendor       Dropbox, Inc.
            category     personal-storage: Consumer drives and photo clouds.
            risk         high: files leave the company for accounts that it does not see
        "#]],
    );
    run(
        |catalog, out| explain(catalog, " - ", out),
        2,
        expect![[r#"
        ` - ` names no host
    "#]],
    );
}

#[test]
fn checks() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("ours.toml"), "[[app]]\nid = \"ours\"\nname = \"Ours\"\ndomain = []\n").unwrap();
    let mut out = Vec::new();
    assert_eq!(check(None, dir.path(), Style::Plain, &mut out).unwrap(), 2);
    let out = String::from_utf8(out).unwrap().replace(&format!("{}/", dir.path().display()), "");
    expect![[r#"
        error[catalog/missing-key]: the app has no `category`
         --> ours.toml:1:1
          |
        1 | [[app]]
          | ^^^^^^^ in this table
          |
          = help: add a line such as `category   = "file-sharing"`

        error[catalog/unknown-key]: an app has no key `domain`
         --> ours.toml:4:1
          |
        4 | domain = []
          | ^^^^^^ unknown
          |
          = help: did you mean `domains`?

        0 apps in the catalog, 2 errors, 0 warnings, 0 notes
    "#]]
    .assert_eq(&out);
    std::fs::write(dir.path().join("ours.toml"), SIGNATURES).unwrap();
    run(
        |catalog, out| check(Some(catalog.clone()), dir.path(), Style::Plain, out),
        0,
        expect![[r#"
            laid over the built-in catalog: 0 added, 2 replaced
            2 apps in the catalog, all is well
        "#]],
    );
}

#[test]
fn lists_as_csv() {
    let filter = Filter::default();
    run(
        |catalog, out| list(catalog, &filter, ListFormat::Csv, None, out),
        0,
        expect![[r#"
        id,name,vendor,category,aliases,domains,tenants
        dropbox,Dropbox,"Dropbox, Inc.",personal-storage,Getdropbox,dropbox.com; dropboxstatic.com; www.dropbox.com/business,{tenant}.dropbox.com
        onedrive-business,OneDrive for Business,,personal-storage,,,
    "#]],
    );
}

#[test]
fn counts() {
    run(
        |catalog, out| stats(catalog, false, Some(80), out),
        0,
        expect![[r#"
             CATEGORY          APPS  DOMAINS  WITH TENANTS  WITH FACTS  WITH JOB  REVIEWED
             personal-storage     2        2             1           0         2         1

            roles: 1 app, 1 cdn, 1 site
            facts: 
            jobs: 2 drive
            2 apps in 1 categories, 2 domains, 1 paths, 1 patterns; 1 with tenants, 1 with other names, 0 with facts, 1 with ranges, 2 with a job, 1 reviewed; catalog 6db8820f7a80c8fe
        "#]],
    );
}

#[test]
fn drafts() {
    let report = serde_json::json!({
        "schema": "umbrascope.report/1", "generator": "umbrascope 0", "apps": [], "inputs": [],
        "settings": {"timezone": "UTC", "catalog_apps": 0, "catalog_digest": ""},
        "totals": {"people": 9, "devices": 0, "destinations": 4, "facts": 9, "challenges": 0, "failures": 0, "requests": 9,
                   "lookups": 0, "blocked": 0, "uploads": 0, "days": 1},
        "coverage": {"requests": {"known": 0, "total": 9}, "bytes": {"known": 0, "total": 0}, "people": {"known": 0, "total": 9}},
        "uncataloged": [
            {"site": "acme-cloud.example", "people": 7, "devices": 1, "requests": 9, "lookups": 0, "blocked": 0, "uploads": 0,
             "days": 1, "evidence": [], "hosts": ["app.acme-cloud.example", "api.acme-cloud.example", "cdn3.acme-cloud.example"],
             "host_count": 3},
            {"site": "203.0.113.9", "people": 5, "devices": 0, "requests": 9, "lookups": 0, "blocked": 0, "uploads": 0,
             "days": 1, "evidence": [], "hosts": ["203.0.113.9"], "host_count": 1},
            {"site": "dropbox.example", "people": 2, "devices": 0, "requests": 9, "lookups": 0, "blocked": 0, "uploads": 0,
             "days": 1, "evidence": [], "hosts": ["\"<b>.dropbox.example", "www.dropbox.example"], "host_count": 2},
            {"site": "rare.example", "people": 1, "devices": 0, "requests": 9, "lookups": 0, "blocked": 0, "uploads": 0,
             "days": 1, "evidence": [], "hosts": ["rare.example"], "host_count": 1}
        ]
    });
    let report = serde_json::from_value(report).unwrap();
    run(
        |catalog, out| draft(catalog, &report, 2, 50, out),
        0,
        expect![[r##"
        # Drafted from a report of umbrascope 0: names and roles are guesses from the names of hosts.
        # Choose a category for each (`umbrascope catalog stats` lists them), correct what is wrong, drop what is
        # no app, and try it: `umbrascope catalog check DIR`, `umbrascope scan --signatures DIR`.

        # seen with 7 people and 1 device as app.acme-cloud.example, api.acme-cloud.example, cdn3.acme-cloud.example
        [[app]]
        id         = "acme-cloud"
        name       = "Acme Cloud"
        category   = "choose-one"
        domains    = ["acme-cloud.example"]
        roles      = { api = ["api.acme-cloud.example"], cdn = ["cdn3.acme-cloud.example"] }
        hits       = ["api.acme-cloud.example", "app.acme-cloud.example", "cdn3.acme-cloud.example"]

        # seen with 2 people as www.dropbox.example
        [[app]]
        id         = "dropbox-example"
        name       = "Dropbox"
        category   = "choose-one"
        domains    = ["dropbox.example"]
        hits       = ["www.dropbox.example"]
    "##]],
    );
    run(
        |catalog, out| draft(catalog, &report, 99, 50, out),
        0,
        expect![[r#"
        # nothing to draft: no uncataloged destination was visited by 99 or more
    "#]],
    );
}
