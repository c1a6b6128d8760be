//! What the columns of a directory are called: in exports of Active Directory, Entra, HR systems and inventories, in the
//! languages of those who keep them.

/// What a column tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Column {
    /// A name to sign in with.
    Login,
    /// A mail address.
    Mail,
    /// Further logins and mail addresses of the same person.
    Alias,
    /// The number that a person has only once, however many accounts there are.
    Id,
    Name,
    GivenName,
    Surname,
    Department,
    Site,
    Manager,
    Address,
    Network,
    Device,
}

/// By column, the best name first: where several columns tell the same, the first of them is taken, and those behind it
/// where its cell is empty.
const NAMES: &[(Column, &[&str])] = &[
    (
        Column::Login,
        &[
            "samaccountname",
            "user",
            "username",
            "login",
            "loginname",
            "logonname",
            "account",
            "accountname",
            "userprincipalname",
            "upn",
            "userid",
            "uid",
            "netid",
            "ntlogin",
            "useraccount",
            "benutzer",
            "benutzername",
            "benutzerkennung",
            "anmeldename",
            "kennung",
            "konto",
            "utilisateur",
            "identifiant",
            "nomdutilisateur",
            "usuario",
            "usuário",
            "nombredeusuario",
            "utente",
            "nomeutente",
            "gebruiker",
            "gebruikersnaam",
            "användare",
            "användarnamn",
            "bruger",
            "brugernavn",
            "użytkownik",
        ],
    ),
    (
        Column::Mail,
        &[
            "mail",
            "email",
            "emailaddress",
            "mailaddress",
            "primarysmtpaddress",
            "workemail",
            "emailadresse",
            "mailadresse",
            "courriel",
            "adresseemail",
            "correo",
            "correoelectronico",
            "correoelectrónico",
            "emailadres",
            "epost",
        ],
    ),
    (
        Column::Alias,
        &[
            "alias",
            "aliases",
            "aliasse",
            "otherlogins",
            "otheraccounts",
            "logins",
            "accounts",
            "konten",
            "proxyaddresses",
            "emailaliases",
        ],
    ),
    (
        Column::Id,
        &[
            "employeeid",
            "employeenumber",
            "employeeno",
            "empid",
            "personid",
            "personnelnumber",
            "personnelno",
            "staffid",
            "staffnumber",
            "workerid",
            "personalnummer",
            "personalnr",
            "mitarbeiternummer",
            "mitarbeiterid",
            "matricule",
            "matricola",
            "numeroempleado",
            "personeelsnummer",
        ],
    ),
    (
        Column::Name,
        &[
            "displayname",
            "name",
            "fullname",
            "person",
            "employeename",
            "cn",
            "commonname",
            "anzeigename",
            "vollername",
            "vollständigername",
            "mitarbeiter",
            "nomcomplet",
            "nombrecompleto",
            "nomecompleto",
            "naam",
        ],
    ),
    (Column::GivenName, &["givenname", "firstname", "vorname", "prénom", "prenom", "nombre", "nome", "voornaam"]),
    (
        Column::Surname,
        &[
            "surname",
            "sn",
            "lastname",
            "familyname",
            "nachname",
            "nom",
            "apellido",
            "apellidos",
            "cognome",
            "achternaam",
        ],
    ),
    (
        Column::Department,
        &[
            "department",
            "dept",
            "departmentname",
            "abteilung",
            "abt",
            "service",
            "département",
            "departement",
            "departamento",
            "dipartimento",
            "reparto",
            "afdeling",
            "avdelning",
            "dział",
            "bereich",
            "organizationalunit",
            "orgunit",
            "organisationseinheit",
            "ou",
            "team",
            "division",
            "businessunit",
            "kostenstelle",
            "costcenter",
        ],
    ),
    (
        Column::Site,
        &[
            "site",
            "location",
            "office",
            "officelocation",
            "physicaldeliveryofficename",
            "standort",
            "niederlassung",
            "branch",
            "büro",
            "buero",
            "lieu",
            "bureau",
            "sede",
            "ubicación",
            "ubicacion",
            "locatie",
            "vestiging",
            "city",
            "stadt",
            "ort",
            "ville",
            "l",
        ],
    ),
    (
        Column::Manager,
        &[
            "manager",
            "managername",
            "supervisor",
            "reportsto",
            "vorgesetzter",
            "vorgesetzte",
            "führungskraft",
            "responsable",
            "jefe",
            "leidinggevende",
            "chef",
        ],
    ),
    (
        Column::Address,
        &[
            "address",
            "ip",
            "ipaddress",
            "ipaddresses",
            "ipv4",
            "ipv4address",
            "ipv6",
            "ipv6address",
            "staticip",
            "clientip",
            "ipadresse",
            "adresse",
            "adresseip",
            "direcciónip",
            "direccionip",
            "indirizzoip",
            "ipadres",
        ],
    ),
    (
        Column::Network,
        &[
            "network",
            "networks",
            "subnet",
            "subnets",
            "cidr",
            "net",
            "iprange",
            "networkrange",
            "range",
            "prefix",
            "netz",
            "netzwerk",
            "subnetz",
            "réseau",
            "reseau",
            "sousréseau",
            "subred",
            "red",
            "rete",
            "netwerk",
        ],
    ),
    (
        Column::Device,
        &[
            "device",
            "devices",
            "devicename",
            "hostname",
            "host",
            "computer",
            "computername",
            "machine",
            "machinename",
            "workstation",
            "pc",
            "pcname",
            "gerät",
            "geraet",
            "gerätename",
            "rechner",
            "rechnername",
            "arbeitsplatz",
            "ordinateur",
            "poste",
            "equipo",
            "mac",
            "macaddress",
            "macadresse",
        ],
    ),
];

impl Column {
    /// What a header tells, and its place among the names of that column. Case, blanks and signs do not matter.
    pub fn of(header: &str) -> Option<(Column, usize)> {
        let normal: String = header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        NAMES.iter().find_map(|(column, names)| Some((*column, names.iter().position(|name| *name == normal)?)))
    }

    /// The names that say whom or what a row is about.
    pub fn key_names() -> impl Iterator<Item = &'static str> {
        let is_key = |column: Column| !matches!(column, Column::Department | Column::Site | Column::Manager);
        NAMES.iter().filter(move |(column, _)| is_key(*column)).flat_map(|(_, names)| names.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_known_however_they_are_written() {
        for (header, column) in [
            ("sAMAccountName", Column::Login),
            ("User Name", Column::Login),
            ("E-Mail", Column::Mail),
            ("Employee ID", Column::Id),
            ("Abteilung", Column::Department),
            ("DEPT.", Column::Department),
            ("Standort", Column::Site),
            ("physicalDeliveryOfficeName", Column::Site),
            ("IP-Adresse", Column::Address),
            ("CIDR", Column::Network),
            ("Gerät", Column::Device),
            ("Vorgesetzter", Column::Manager),
        ] {
            assert_eq!(Column::of(header).map(|(column, _)| column), Some(column), "{header}");
        }
        assert_eq!(Column::of("Shoe size"), None);
    }

    #[test]
    fn a_name_means_one_column() {
        let mut names: Vec<&str> = NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
