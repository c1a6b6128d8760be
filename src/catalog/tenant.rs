//! Whose instance of an app a host is.

use super::lookup::Hit;

/// Labels in front of a domain that name a part of the product, never a customer.
const PARTS: [&str; 40] = [
    "account",
    "accounts",
    "admin",
    "api",
    "app",
    "apps",
    "assets",
    "auth",
    "blog",
    "cdn",
    "community",
    "dashboard",
    "dev",
    "developer",
    "docs",
    "download",
    "eu",
    "files",
    "go",
    "help",
    "id",
    "img",
    "info",
    "learn",
    "login",
    "m",
    "mail",
    "my",
    "portal",
    "sandbox",
    "secure",
    "signin",
    "sso",
    "static",
    "status",
    "support",
    "us",
    "web",
    "ws",
    "www",
];

impl<'c> Hit<'c> {
    /// The customer's own label in a host that the app's tenant patterns name: `contoso` in `contoso.slack.com`. `None`
    /// where the catalog knows the host by a longer name than the pattern, so that `files.slack.com` is nobody's.
    ///
    /// ```
    /// # use umbrascope::catalog::Catalog;
    /// let catalog = Catalog::built_in();
    /// let tenant = |host| catalog.lookup(host, None).and_then(|hit| hit.tenant(host));
    /// assert_eq!(tenant("contoso.slack.com"), Some("contoso"));
    /// assert_eq!(tenant("contoso-my.sharepoint.com"), Some("contoso"));
    /// assert_eq!(tenant("files.slack.com"), None);
    /// ```
    pub fn tenant<'h>(&self, host: &'h str) -> Option<&'h str> {
        let rule = self.rule.split('/').next().unwrap_or_default();
        let mut best: Option<(usize, &'h str)> = None;
        for pattern in self.app.tenants() {
            let pattern = pattern.split('/').next().unwrap_or_default();
            let Some((before, after)) = pattern.split_once("{tenant}") else { continue };
            let Some(label) = host.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)) else { continue };
            // A domain of the catalog that is longer than what follows the label is another part of the product. A glob is
            // as long as its pattern.
            let fixed = before.len() + after.len();
            let longer = !rule.contains('*') && rule.len() >= host.len().min(fixed + 1);
            if label.is_empty() || label.contains('.') || longer || PARTS.contains(&label) {
                continue;
            }
            if best.is_none_or(|(len, _)| fixed > len) {
                best = Some((fixed, label));
            }
        }
        best.map(|(_, label)| label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_sorted() {
        assert!(PARTS.is_sorted());
    }
}
