using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Ui.Layout;
using UserManagement.Ui.Parts;

namespace UserManagement.AdminUi.Http;

/// <summary>The places of the navigation.</summary>
public enum Place
{
    /// <summary>None of them.</summary>
    Home,

    /// <summary>The member list and the pages of members.</summary>
    Members,

    /// <summary>Invitations.</summary>
    Invitations,

    /// <summary>Groups.</summary>
    Groups,

    /// <summary>Connections and the sign-in policy.</summary>
    SignIn,

    /// <summary>The apps of the workspace.</summary>
    Apps,

    /// <summary>The directory's connection.</summary>
    Directory,

    /// <summary>What the directory's word gives.</summary>
    Rules,

    /// <summary>What a second admin is asked for.</summary>
    Approvals,

    /// <summary>The keys of programs.</summary>
    Keys,

    /// <summary>Endpoints of apps.</summary>
    Webhooks,

    /// <summary>The audit log.</summary>
    Audit,

    /// <summary>Who gets in without being invited by name.</summary>
    Access,

    /// <summary>Who asks to join.</summary>
    Requests,

    /// <summary>What is limited, and how much of it is used.</summary>
    Subscription,

    /// <summary>What is licensed.</summary>
    Licensing,

    /// <summary>How the server does.</summary>
    Health,

    /// <summary>Settings.</summary>
    Settings,
}

/// <summary>What stands around every page: navigation, workspaces, counts, the sentence left by the last act, a refusal.</summary>
/// <param name="Visit">The request.</param>
/// <param name="Shell">For the layout.</param>
/// <param name="Counts">The workspace's counts.</param>
/// <param name="Note">What the last act left; null for nothing.</param>
/// <param name="Refusal">Why the act that was posted was not done; null for none.</param>
public sealed record Frame(Visit Visit, Shell Shell, Counts Counts, Note? Note, Refusal? Refusal)
{
    /// <summary>How many may still come by invitation; null where nothing is limited, and on pages that do not speak of it.</summary>
    public OpenInvitations? Open { get; init; }

    /// <summary>Of how many people of each role an invitation is open, on pages that count by role; empty elsewhere.</summary>
    public IReadOnlyDictionary<string, long> Invited { get; init; } = new Dictionary<string, long>();

    /// <summary>The ways in, on pages that speak of invitations; null elsewhere.</summary>
    public SignInOptions? Ways { get; init; }

    private const string SignOutPath = "/signout";
    private static readonly Note Restored = new(
        Ui.Tone.Info,
        "You proved that it is you, and what you entered is here. It is not saved yet: look at it and send it again."
    );

    /// <summary>Reads all that it shows.</summary>
    public static async Task<Frame> ReadAsync(Visit visit, Place place, Refusal? refusal = null)
    {
        await using var db = visit.Act<Store>().Read();
        var counts = await Counts.ReadAsync(db, visit.Workspace.Id, visit.Ct);
        var mine = await visit.Act<ListWorkspaces>().RunAsync(visit.Who, visit.Ct);
        var asking = visit.Actor.May(Permission.InviteMembers)
            ? await ListJoinRequests.CountAsync(db, visit.Workspace.Id, visit.Ct)
            : (0, true);
        var isLimited = counts.Slots.Free is not null || counts.Seats.Free is not null;
        var open =
            place == Place.Invitations && isLimited
                ? await OpenInvitations.ReadAsync(db, visit.Workspace, visit.Act<Store>().Time.Now(), visit.Ct)
                : null;
        var shell = new Shell([.. Nav(visit, place, counts, asking)], visit.Me.ShownName, visit.Me.UserName, SignOutPath)
        {
            UserSeed = visit.Me.Id.ToString(),
            WorkspaceName = visit.Workspace.Row.Name,
            Workspaces = [.. mine.Select(w => new WorkspaceChoice(w.Name, $"/w/{w.Slug}", w.Role, w.Slug == visit.Workspace.Row.Slug))],
            OwnMenuAtFoot = visit.Words.OwnMenuLink is not null,
            UserLinks =
            [
                .. visit.Words.OwnMenuLink is { } label && visit.Actor.May(Permission.ReadMembers)
                    ? new[] { new NavItem(label, visit.Path("/members"), IconName.People) }
                    : [],
                new("Your profile", visit.Path("/profile"), IconName.Person),
                new("Your apps", visit.Path("/my-apps"), IconName.External),
                new("Security", "/profile/security?from=" + visit.Workspace.Row.Slug, IconName.Shield),
                new("Sessions", "/profile/sessions?from=" + visit.Workspace.Row.Slug, IconName.System),
            ],
            FindHref = visit.Actor.May(Permission.ReadMembers) ? visit.Path("/find") : null,
            LogoHref = visit.Workspace.Row.Logo is { } logo ? $"/logos/{visit.Workspace.Row.Slug}/{logo}" : null,
            HomeHref = visit.Path(),
        };
        return new(
            visit,
            shell,
            counts,
            refusal is not null ? null
                : visit.IsRestored ? Restored
                : visit.Take(),
            refusal
        )
        {
            Open = open,
            Invited = place is Place.Members or Place.Settings or Place.Licensing
                ? await InvitedByRole.ReadAsync(db, visit.Workspace.Id, counts, visit.Ct)
                : new Dictionary<string, long>(),
            Ways = place == Place.Invitations ? await visit.Act<FindSignInOptions>().OfAsync(visit.Workspace, visit.Ct) : null,
        };
    }

    /// <summary>A whole page; a refusal decides its status.</summary>
    /// <typeparam name="T">A component with a parameter <c>Frame</c>.</typeparam>
    /// <param name="parameters">Its other parameters.</param>
    /// <param name="status">The status when nothing was refused.</param>
    public IResult Show<T>(Dictionary<string, object?> parameters, int status = 200)
        where T : IComponent
    {
        parameters["Frame"] = this;
        if (Refusal is { RetryAfter: { } wait })
        {
            Visit.Http.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return new RazorComponentResult<T>(parameters) { StatusCode = Refusal is { } refusal ? Refusals.Status(refusal.Kind) : status };
    }

    /// <summary>How many people of a role are here.</summary>
    public long Here(string role) => Counts.WithRole(role) - Invited.GetValueOrDefault(role);

    /// <summary>The same in words, with those who are invited.</summary>
    public string People(string role) =>
        Number(Here(role)) + (Invited.GetValueOrDefault(role) is > 0 and var invited ? $", {Number(invited)} invited" : "");

    /// <summary>The first letter of a word of the workspace in upper case.</summary>
    public static string Title(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];

    /// <summary>A number for people.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>The same of a count that may have ended before everything was counted: then there are more.</summary>
    public static string Number(long number, bool isExact) => Number(number) + (isExact ? "" : "+");

    private static IEnumerable<NavItem> Nav(Visit visit, Place place, Counts counts, (int Count, bool IsExact) asking)
    {
        var (words, section) = (visit.Words, visit.Say(visit.Words.Section));
        var tenant = visit.Say(words.SettingsSection);
        if (words.InvitationsAreTab && place == Place.Invitations)
        {
            place = Place.Members; // of which they are a tab
        }

        if (visit.Actor.May(Permission.ReadMembers))
        {
            yield return Item(
                visit.Say(words.Place),
                "/members",
                IconName.People,
                Place.Members,
                Number(counts.Listed - counts.In(MemberState.Invited)),
                section
            );
        }

        if (visit.Actor.May(Permission.InviteMembers) && !words.InvitationsAreTab)
        {
            yield return Item(
                words.Invitations,
                "/invitations",
                IconName.Mail,
                Place.Invitations,
                counts.In(MemberState.Invited) is > 0 and var open ? Number(open) : null,
                section
            );
        }

        if (visit.Actor.May(Permission.InviteMembers) && (asking.Count > 0 || place == Place.Requests))
        {
            yield return Item(
                "Join requests",
                "/join-requests",
                IconName.Person,
                Place.Requests,
                Number(asking.Count, asking.IsExact),
                section
            );
        }

        if (visit.Actor.May(Permission.ReadMembers))
        {
            yield return Item("Groups", "/groups", IconName.Group, Place.Groups, counts.Groups > 0 ? Number(counts.Groups) : null, section);
        }

        if (visit.Actor.May(Permission.ReadMembers) && words is { Subscription: not null, SubscriptionInSettings: false })
        {
            yield return Subscription(section);
        }

        if (visit.Actor.May(Permission.ConfigureWorkspace))
        {
            yield return Item("Access", "/access", IconName.People, Place.Access, null, tenant);
            yield return Item("Sign-in", "/sign-in", IconName.Key, Place.SignIn, null, tenant);
        }

        if (visit.Actor.May(Permission.ConfigureWorkspace))
        {
            yield return Item("Apps", "/apps", IconName.External, Place.Apps, null, tenant);
        }

        if (visit.Actor.May(Permission.ManageDirectory))
        {
            yield return Item("Directory", "/directory", IconName.Directory, Place.Directory, null, tenant);
            yield return Item("Rules", "/rules", IconName.Group, Place.Rules, null, tenant);
        }

        if (visit.Actor.May(Permission.ManageMembers) && visit.Configuration.FourEyes is { Count: > 0 })
        {
            yield return Item("Approvals", "/approvals", IconName.Shield, Place.Approvals, null, tenant);
        }

        if (visit.Actor.May(Permission.ConfigureWorkspace))
        {
            yield return Item("API keys", "/api-keys", IconName.Key, Place.Keys, null, tenant);
            yield return Item("Webhooks", "/webhooks", IconName.External, Place.Webhooks, null, tenant);
        }

        if (visit.Actor.May(Permission.ManageLicensing))
        {
            yield return Item("Licensing", "/licensing", IconName.Seat, Place.Licensing, null, tenant);
        }

        if (visit.Actor.May(Permission.ServerHealth))
        {
            yield return Item("Server health", "/health", IconName.System, Place.Health, null, tenant);
        }

        if (visit.Actor.May(Permission.ReadAudit))
        {
            yield return Item("Audit log", "/audit", IconName.Audit, Place.Audit, null, tenant);
        }

        if (visit.Actor.May(Permission.ReadMembers) && words is { Subscription: not null, SubscriptionInSettings: true })
        {
            yield return Subscription(tenant);
        }

        if (visit.Actor.May(Permission.ConfigureWorkspace))
        {
            yield return Item("Settings", "/settings", IconName.Settings, Place.Settings, null, tenant);
        }

        NavItem Subscription(string group) => Item(words.Subscription!, "/subscription", IconName.Seat, Place.Subscription, null, group);

        NavItem Item(string label, string path, IconName icon, Place at, string? badge, string group) =>
            new(label, visit.Path(path), icon, at == place, badge) { Group = group };
    }
}
