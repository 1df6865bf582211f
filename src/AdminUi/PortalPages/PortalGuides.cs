using UserManagement.Membership.Connections;

namespace UserManagement.AdminUi.PortalPages;

/// <summary>The guides, one for each provider that the portal knows by name.</summary>
internal static class PortalGuides
{
    public static IReadOnlyList<PortalGuide> All { get; } =
    [
        new()
        {
            Key = "entra",
            Name = "Microsoft Entra ID",
            Open =
            [
                "Open the Microsoft Entra admin centre: *Entra ID*, *Enterprise apps*, *New application*, *Create your own application*.",
                "Give it a name, choose *Integrate any other application you don't find in the gallery* and *Create*.",
                "Open *Provisioning* and *Connect your application* (older pages: *Get started*, *Provisioning Mode* *Automatic*).",
                "Where it asks for an *Authentication method*, choose *Bearer authentication*.",
            ],
            BaseLabel = "Tenant URL",
            TokenLabel = "Secret token",
            TokenDays = null,
            Start =
            [
                "Press *Test connection*, then *Create* (older pages: *Save*).",
                "Leave *Attribute mapping* as it is: userPrincipalName becomes userName, and people are matched by it.",
                "*Users and groups*, *Add user/group*: choose who comes in.",
                "*Overview*, *Start provisioning*. The first cycle begins within minutes, the next ones about every 40 minutes; "
                    + "*Provision on demand* brings one person at once.",
            ],
            Kind = ConnectionKind.Entra,
            Register =
            [
                "Microsoft Entra admin centre: *Entra ID*, *App registrations*, *New registration*.",
                "Choose *Accounts in this organizational directory only*. As *Redirect URI* choose *Web* and enter the address above.",
                "*Certificates & secrets*, *New client secret*: copy its *Value*, which is shown once.",
                "*Overview*: copy *Application (client) ID* and *Directory (tenant) ID*.",
            ],
            RedirectLabel = "Redirect URI",
            Whose = ("Directory (tenant) ID", "Like 8f0c7a7e-1b2c-4d3e-9f00-aabbccddeeff."),
            Client = ("Application (client) ID", "Client secret, its Value"),
        },
        new()
        {
            Key = "okta",
            Name = "Okta",
            Open =
            [
                "Okta admin console: *Applications*, *Applications*, and the app by which your people come here "
                    + "(or *Create App Integration*).",
                "*General*, *App Settings*, *Edit*: as *Provisioning* choose *SCIM* and *Save*.",
                "*Provisioning*, *Integration*, *Edit*. As *Unique identifier field for users* enter userName.",
                "*Supported provisioning actions*: tick *Push New Users*, *Push Profile Updates* and *Push Groups*.",
                "*Authentication Mode*: *HTTP Header*.",
            ],
            BaseLabel = "SCIM connector base URL",
            TokenLabel = "Authorization (Bearer)",
            Start =
            [
                "Press *Test Connector Configuration*, then *Save*.",
                "*Provisioning*, *To App*, *Edit*: turn on *Create Users*, *Update User Attributes* and *Deactivate Users*, and *Save*.",
                "*Assignments*, *Assign*: choose who comes in.",
                "*Push Groups*, *Push Groups*: choose the groups. Assigning people alone brings no group.",
            ],
            Register =
            [
                "Okta admin console: *Applications*, *Create App Integration*, *OIDC - OpenID Connect*, *Web Application*.",
                "Under *Sign-in redirect URIs* enter the address above; as *Grant type* leave *Authorization Code*.",
                "*Assignments*: choose who may sign in, and *Save*.",
                "*General*: copy *Client ID* and *Client secret*.",
            ],
            RedirectLabel = "Sign-in redirect URIs",
            Whose = ("Okta domain with https", "Like https://acme.okta.com, without a slash at the end."),
        },
        new()
        {
            Key = "google",
            Name = "Google Workspace",
            Beware =
                "Google brings people only to apps of its own catalogue, and no groups. Where your app is not among them, leave this "
                + "step and connect the sign-in: people can then come in by it.",
            Open =
            [
                "Google Admin console: *Apps*, *Web and mobile apps*, and the app.",
                "*Autoprovisioning*, *Configure autoprovisioning*.",
            ],
            BaseLabel = "Endpoint URL",
            TokenLabel = "Access token",
            Start =
            [
                "Leave the *Attribute mapping*: the primary e-mail address becomes userName.",
                "*Provisioning scope*: choose the groups whose people come in.",
                "*Deprovisioning*: choose after how long who left is suspended and deleted here.",
                "Turn *Autoprovisioning* on. It runs every few hours.",
            ],
            Kind = ConnectionKind.Google,
            Register =
            [
                "Google Cloud console: *APIs & Services*, *Credentials*, *Create credentials*, *OAuth client ID*.",
                "As *Application type* choose *Web application*; under *Authorized redirect URIs* enter the address above.",
                "*Create*, and copy *Client ID* and *Client secret*.",
            ],
            RedirectLabel = "Authorized redirect URIs",
            Whose = ("Domains of your Google Workspace", "Like acme.com; several between blanks. Only their people are let in."),
        },
        new()
        {
            Key = "jumpcloud",
            Name = "JumpCloud",
            Open =
            [
                "JumpCloud admin portal: *Access*, *SSO Applications*, *Add New Application*, *Custom Application*.",
                "Tick *Export users to this app (Identity Management)*, name it and *Save*.",
                "*Identity Management*: as *API Type* choose *SCIM API*, as *SCIM Version* *SCIM 2.0*.",
            ],
            BaseLabel = "Base URL",
            TokenLabel = "Token Key",
            Beware = "At activation JumpCloud makes a person and a group of its own and deletes them again, to try the connection.",
            Start =
            [
                "As *Test User Email* enter an address that nobody here has, and press *Test Connection*.",
                "Turn on *Enable management of User Groups and Group Membership*, then *Activate*.",
                "*User Groups*: tick the groups whose people come in, and *Save*.",
            ],
            Register =
            [
                "JumpCloud admin portal: *Access*, *SSO Applications*, *Add New Application*, *Custom Application*.",
                "Tick *Manage Single Sign-On (SSO)* and *Configure SSO with OIDC*.",
                "*SSO*: under *Redirect URIs* enter the address above; as *Client Authentication Type* choose *Client Secret Basic*.",
                "*Activate*, and copy *Client ID* and *Client Secret*, which is shown once.",
                "*User Groups*: tick the groups whose people may sign in.",
            ],
            RedirectLabel = "Redirect URIs",
            Whose = ("Issuer", "https://oauth.id.jumpcloud.com/ with the slash at the end."),
        },
        new()
        {
            Key = "onelogin",
            Name = "OneLogin",
            Open =
            [
                "OneLogin administration: *Applications*, *Add App*, and search for *SCIM Provisioner with SAML (SCIM v2 Enterprise)*.",
                "*Save*, then open *Configuration*.",
            ],
            BaseLabel = "SCIM Base URL",
            TokenLabel = "SCIM Bearer Token",
            Beware = "OneLogin replaces people as a whole: what its *SCIM JSON Template* does not send is cleared here.",
            Start =
            [
                "*API Connection*, *API Status*: press *Enable*, then *Save*.",
                "*Provisioning*: tick *Enable provisioning*; untick what an admin should approve first. *Save*.",
                "*Parameters*: leave scimusername as the e-mail address or user name by which people are known here.",
                "*Users* or *Rules*: choose who comes in. *More Actions*, *Sync logins* begins at once.",
            ],
            Register =
            [
                "OneLogin administration: *Applications*, *Add App*, and search for *OpenId Connect (OIDC)*.",
                "*Configuration*: under *Redirect URI's* enter the address above, and *Save*.",
                "*SSO*: as *Token Endpoint*, *Authentication Method* choose *Basic*; copy *Client ID* and *Client Secret*.",
                "*Users*: choose who may sign in.",
            ],
            RedirectLabel = "Redirect URI's",
            Whose = ("Issuer URL", "Like https://acme.onelogin.com/oidc/2, as the tab SSO shows it."),
        },
        new()
        {
            Key = "other",
            Name = "Another",
            Open =
            [
                "Open the place where your directory or identity provider keeps its outgoing provisioning, and add an app that speaks SCIM 2.0.",
                "As authentication choose a bearer token (HTTP header).",
            ],
            BaseLabel = "SCIM base URL",
            TokenLabel = "Bearer token",
            Start =
            [
                "Match people by userName. Send externalId too, so that they are found again when their user name changes.",
                "Test the connection, choose who comes in, and start the synchronisation.",
            ],
            Register =
            [
                "Register a confidential web client: authorization code with PKCE.",
                "Enter the redirect address above, letter by letter.",
                "Copy issuer, client id and client secret into this form.",
            ],
            RedirectLabel = "Redirect address",
            Whose = ("Issuer", "As the provider's own configuration has it, letter by letter."),
        },
    ];
}
