using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.AdminUi.Http;
using UserManagement.AdminUi.MemberPages;
using UserManagement.Membership.Access;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui.Parts;

namespace UserManagement.AdminUi.SettingsPages;

/// <summary>The pages of settings: which setting stands where, and what it is called. What may be entered the core decides.</summary>
internal static class SettingsSections
{
    public const string WorkspacePath = "/settings/workspace";
    public const string JoiningPath = "/settings/joining";
    public const string ListPath = "/settings/list";
    public const string DirectoryPath = "/settings/directory";
    public const string RolePath = "/settings/role";
    public const string LicensePath = "/settings/license";

    /// <summary>All paths.</summary>
    public static IReadOnlyList<string> Paths { get; } = [WorkspacePath, JoiningPath, ListPath, DirectoryPath, RolePath, LicensePath];

    /// <summary>The section of a page; null where it names a role or license that is not there.</summary>
    /// <param name="visit">The visit.</param>
    /// <param name="path">Path of the page.</param>
    /// <param name="key">The key that it names; empty for a new thing.</param>
    public static SettingsSection? Of(Visit visit, string path, string key)
    {
        var configuration = visit.Configuration;
        return path switch
        {
            WorkspacePath => Workspace(configuration),
            JoiningPath => Joining(configuration),
            ListPath => List(visit),
            DirectoryPath => Directory(configuration),
            RolePath when key.Length == 0 => NewRole(configuration),
            RolePath => configuration.Role(key) is { } role ? RoleOf(configuration, role) : null,
            LicensePath when key.Length == 0 => NewLicense(),
            _ => configuration.License(key) is { } license ? License(license.Key, license.Label, canGo: true) : null,
        };
    }

    private static SettingsSection Workspace(WorkspaceConfiguration configuration) =>
        new(
            WorkspacePath,
            "Words and terms",
            "What pages and mails call things here.",
            [
                new("terms.tenant", SettingKind.Text, "For the whole", "As in workspace, organisation or team.") { Most = 60 },
                new("terms.person", SettingKind.Text, "For one of the people", "As in member or user.") { Most = 60 },
                new("terms.people", SettingKind.Text, "For several of them") { Most = 60 },
                new("terms.termsOfUse", SettingKind.Text, "Terms of use", "An address that begins with https://, or nothing.")
                {
                    Most = 500,
                    MayBeEmpty = true,
                },
                new("terms.termsVersion", SettingKind.Number, "Version of the terms", "Raise it to ask everybody again. Empty is 1.")
                {
                    MayBeEmpty = true,
                },
            ]
        );

    private static SettingsSection Joining(WorkspaceConfiguration configuration)
    {
        List<Choice> without = [.. configuration.Roles.Where(r => r is { NeedsSeat: false, IsAdmin: false }).Select(Named)];
        var licenses = configuration.Licenses.Select(l => new Choice(l.Key, l.Label));
        List<SettingField> fields =
        [
            new("invitations.copyLink", SettingKind.Check, "Show the link of an invitation for copying"),
            new("invitations.several", SettingKind.Check, "Several people can be invited at once"),
            new("invitations.chooseMail", SettingKind.Check, "Whoever invites may leave the mail out"),
            new("invitations.notifyEmail", SettingKind.Check, "The mail may go to another address than the user name"),
            new("invitations.tenantId", SettingKind.Check, "An invitation for Microsoft may name the tenant"),
            new("invitations.linkIsEnough", SettingKind.Check, "The link is enough where a user name is no address"),
            new("invitations.showClosed", SettingKind.Check, "Closed invitations stay in the list"),
            new("invitations.providers", SettingKind.Many, "What an invitation may be bound to")
            {
                Choices =
                [
                    new("any", "Any sign-in"),
                    new("google", "Google"),
                    new("entra", "Microsoft Entra ID"),
                    new("oidc", "Another provider"),
                    new("local", "Password"),
                ],
            },
            new(
                "invitations.linkRoles",
                SettingKind.Many,
                "Roles with an invite link for many",
                "Each gets a link of its own; the link of a role that is taken away here opens nothing any more."
            )
            {
                Choices = [.. configuration.Roles.Where(r => r.Assignable || configuration.LinkRoles.Contains(r.Key)).Select(Named)],
                Unset = configuration.LinkRoles,
            },
            new("invitations.resend", SettingKind.Choice, "Send an invitation again")
            {
                Choices = [new("always", "At any time"), new("expired", "Once it has expired"), new("never", "Never: make it anew")],
            },
            new("invitations.revokeLabel", SettingKind.Text, "The button that ends an invitation") { Most = 60 },
        ];
        if (without.Count > 0 && configuration.Roles.Any(r => r.NeedsSeat))
        {
            fields.Insert(
                0,
                new("join.fallbackRole", SettingKind.Choice, "The role without a seat", "Who comes in when no seat is free has it.")
                {
                    Choices = [.. without, .. configuration.Join.FallbackRole is null ? [new Choice("", "None")] : Array.Empty<Choice>()],
                    MayBeEmpty = true,
                }
            );
        }

        if (configuration.Licenses.Count > 0)
        {
            fields.InsertRange(
                0,
                [
                    new("join.defaultLicense", SettingKind.Choice, "License of newcomers", "Where none is named.")
                    {
                        Choices = [.. licenses, new("", "None")],
                        MayBeEmpty = true,
                    },
                    new("join.licenseRequired", SettingKind.Check, "Nobody comes in without a license"),
                    new(
                        "invitations.reserveLicense",
                        SettingKind.Check,
                        "An invitation reserves its license",
                        "Until it is accepted or withdrawn, also once it has expired. Off: the license is taken by whoever accepts first."
                    ),
                    new(
                        "featureRules",
                        SettingKind.Pairs,
                        "What needs a license beside the role",
                        "One to a line: the permission, a blank, and the feature that the license must have."
                    )
                    {
                        Most = 4000,
                    },
                ]
            );
        }

        fields.Add(
            new(
                "fourEyes",
                SettingKind.Many,
                "What a second admin approves",
                "One asks by trying, another approves. Switched on by any admin, off by whoever runs the server alone."
            )
            {
                Choices =
                [
                    new("grantAdmin", "Giving an admin's role"),
                    new("issueDirectoryToken", "Making a token for a directory"),
                    new("releaseHeld", "Carrying out what is held of a directory"),
                ],
            }
        );
        return new(JoiningPath, "Invitations and joining", "How people are invited, and what newcomers get.", fields);
    }

    private static SettingsSection List(Visit visit) =>
        new(
            ListPath,
            "List and hints",
            "What the list of people shows, and what admins are reminded of.",
            [
                new("memberList.columns", SettingKind.Places, "Columns", "The name always comes first.")
                {
                    Choices = [.. MemberLine.Known.Select(c => new Choice(c, MemberLine.Heading(c, visit.Words)))],
                    Offers = c => c != "name" && MemberLine.Known.Contains(c),
                },
                new(
                    "capacity.moreHint",
                    SettingKind.Text,
                    "What to do when something is full",
                    "A sentence that stands wherever no seat, slot or license is free. An address in it that begins with https:// is a link."
                )
                {
                    Most = 300,
                    MayBeEmpty = true,
                },
                new("advice.warnBelowAdmins", SettingKind.Number, "Warn when there are fewer admins than"),
                new("advice.reviewEveryDays", SettingKind.Number, "Review access every so many days", "Empty for never.")
                {
                    MayBeEmpty = true,
                },
            ]
        );

    private static SettingsSection Directory(WorkspaceConfiguration configuration) =>
        new(
            DirectoryPath,
            "Directory",
            "How the SCIM door behaves.",
            [
                new("scim.strict", SettingKind.Check, "To the letter of the RFC", "Off: at ease with what real directories send."),
                new(
                    "scim.uniqueGroupNames",
                    SettingKind.Check,
                    "Two groups may not bear the same name",
                    "Microsoft Entra ID finds groups by it."
                ),
                new(
                    "scim.plainDiscovery",
                    SettingKind.Check,
                    "Discovery says nothing newer than RFC 7643",
                    "For clients that refuse what they do not know."
                ),
                new(
                    "scim.attributeSchema",
                    SettingKind.Text,
                    "URN of your own attributes",
                    "The extension onto which directories map what SCIM has no name for; empty for the usual one."
                )
                {
                    MayBeEmpty = true,
                },
                .. configuration.Roles.Any(r => r.NeedsSeat)
                    ?
                    [
                        new("scim.autoAssign", SettingKind.Choice, "Seats for people of the directory")
                        {
                            Choices = [new("", "As for everybody"), new("on", "Assigned as they come"), new("off", "An admin gives them")],
                            MayBeEmpty = true,
                        },
                    ]
                    : Array.Empty<SettingField>(),
                new("scim.logDays", SettingKind.Number, "Keep the provisioning log for so many days", "1 to 400; empty for 30.")
                {
                    MayBeEmpty = true,
                },
            ]
        );

    private static SettingsSection RoleOf(WorkspaceConfiguration configuration, Role role) =>
        new(
            RolePath,
            role.Label,
            "What whoever has this role may do.",
            [
                new("label", SettingKind.Text, "Name") { Most = 100 },
                new("description", SettingKind.Text, "Description", "One sentence, shown where the role is chosen.") { Most = 500 },
                new("rank", SettingKind.Number, "Rank", "Higher is more. It decides what a role may hand out."),
                new("includes", SettingKind.Many, "Includes all that these may")
                {
                    Choices = [.. configuration.Roles.Where(r => r.Key != role.Key).Select(Named)],
                },
                new("permissions", SettingKind.Many, "Permissions in this product")
                {
                    Choices = [.. PermissionWords.All.Select(p => new Choice(p, PermissionWords.Of(p) ?? p, p))],
                    Offers = p => PermissionWords.Of(p) is not null,
                },
                new("appPermissions", SettingKind.Lines, "Permissions in your apps", "One to a line, as apps read them.")
                {
                    Path = "permissions",
                    Offers = p => PermissionWords.Of(p) is null,
                    Most = 2000,
                },
                new("canGrantUpTo", SettingKind.Choice, "Hands out roles up to")
                {
                    Choices = [new("", "None"), .. configuration.Roles.Select(Named)],
                    MayBeEmpty = true,
                },
                new("assignable", SettingKind.Check, "Can be given by hand and by invitation"),
                new("needsSeat", SettingKind.Check, "Needs a seat", "Changes only where nobody has the role."),
                .. role.Key == configuration.Join.DefaultRole
                    ? Array.Empty<SettingField>()
                    :
                    [
                        new SettingField(
                            "isAdmin",
                            SettingKind.Check,
                            "Is an admin's role",
                            "Somebody must always have one of them. Changes only where nobody has the role."
                        ),
                    ],
                .. role.IsAdmin || role.Key == configuration.Join.DefaultRole
                    ? Array.Empty<SettingField>()
                    : [new SettingField(SettingsSection.Remove, SettingKind.Check, "Take this role away", "Only where nobody has it.")],
            ]
        )
        {
            List = "roles",
            Key = role.Key,
        };

    private static SettingsSection NewRole(WorkspaceConfiguration configuration) =>
        new(
            RolePath,
            "New role",
            "It begins as a copy of another one and can be changed afterwards.",
            [
                new("label", SettingKind.Text, "Name") { Most = 100 },
                new("like", SettingKind.Choice, "Like") { Choices = [.. configuration.Roles.Where(r => !r.IsAdmin).Select(Named)] },
            ]
        )
        {
            List = "roles",
            Make = typed =>
                configuration.Role(typed.GetValueOrDefault("like")) is { IsAdmin: false } like
                    ? (JsonObject)
                        JsonSerializer.SerializeToNode(
                            like with
                            {
                                Key = KeyOf(typed.GetValueOrDefault("label") ?? ""),
                                Label = typed.GetValueOrDefault("label") ?? "",
                            },
                            WorkspaceConfiguration.Json
                        )!
                    : null,
        };

    private static SettingsSection License(string? key, string title, bool canGo) =>
        new(
            LicensePath,
            title,
            "What whoever holds this license may use.",
            [
                new("label", SettingKind.Text, "Name") { Most = 100 },
                new("description", SettingKind.Text, "Description", "One sentence, shown where the license is chosen.") { Most = 500 },
                new("features", SettingKind.Lines, "Features", "One to a line, as apps read them.") { Most = 2000 },
                .. canGo
                    ? [new SettingField(SettingsSection.Remove, SettingKind.Check, "Take this license away", "Only where nobody has it.")]
                    : Array.Empty<SettingField>(),
            ]
        )
        {
            List = "licenses",
            Key = key,
        };

    private static SettingsSection NewLicense() =>
        License(null, "New license", canGo: false) with
        {
            Make = typed => new JsonObject
            {
                ["key"] = KeyOf(typed.GetValueOrDefault("label") ?? ""),
                ["label"] = typed.GetValueOrDefault("label"),
                ["description"] = typed.GetValueOrDefault("description"),
                ["features"] = new JsonArray([
                    .. SettingField.Split(typed.GetValueOrDefault("features") ?? "").Select(f => (JsonNode)JsonValue.Create(f)),
                ]),
            },
        };

    private static Choice Named(Role role) => new(role.Key, role.Label);

    /// <summary>A key from a name: what of it are letters and digits of ASCII, with hyphens between.</summary>
    private static string KeyOf(string label)
    {
        var key = new StringBuilder();
        foreach (var c in label.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                key.Append(c);
            }
            else if (key.Length > 0 && key[^1] != '-')
            {
                key.Append('-');
            }
        }

        return key.ToString(0, Math.Min(key.Length, 40)).Trim('-') is { Length: > 0 } some ? some : "new";
    }
}
