// Long because each setting has its sentence here.
using System.Globalization;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Roles;

namespace UserManagement.Membership.Workspaces;

/// <summary>The words for the difference of two configurations, with how many it meets.</summary>
internal sealed class ConfigurationEffects(
    WorkspaceConfiguration now,
    WorkspaceConfiguration wanted,
    Counts counts,
    IReadOnlyList<OpenInvitations> open
)
{
    private readonly List<ConfigurationEffect> _effects = [];

    /// <summary>All of them.</summary>
    public IReadOnlyList<ConfigurationEffect> All()
    {
        Catalogue();
        Licenses();
        Joining();
        Limits();
        Invitations();
        Pages();
        return _effects;
    }

    /// <summary>So many people, in the workspace's word.</summary>
    public static string People(WorkspaceConfiguration configuration, long count) =>
        $"{Number(count)} {(count == 1 ? configuration.Terms.Person : configuration.Terms.People)}";

    internal static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Listed(IEnumerable<string> words) => string.Join(", ", words.Order(StringComparer.Ordinal));

    private void Catalogue()
    {
        foreach (var role in now.Roles)
        {
            var holders = counts.WithRole(role.Key);
            if (wanted.Role(role.Key) is not { } other)
            {
                Add(EffectKind.Changes, "roleGone", $"The role {role.Label} is no more.");
                continue;
            }

            if (other.Label != role.Label)
            {
                Add(EffectKind.Changes, "roleNamed", $"{role.Label} is called {other.Label} from now on.", holders);
            }

            var (before, after) = (now.PermissionsOf(role.Key), wanted.PermissionsOf(role.Key));
            if (before.Except(after).ToList() is { Count: > 0 } lost)
            {
                Add(EffectKind.Loses, "permissionsLost", $"{Who(holders, "loses", "lose", other)}: {Listed(lost)}.", holders);
            }

            if (after.Except(before).ToList() is { Count: > 0 } gained)
            {
                Add(EffectKind.Gains, "permissionsGained", $"{Who(holders, "gets", "get", other)}: {Listed(gained)}.", holders);
            }

            if (role.CanGrantUpTo != other.CanGrantUpTo)
            {
                var ceiling = wanted.Role(other.CanGrantUpTo)?.Label;
                Add(
                    EffectKind.Changes,
                    "ceilingChanged",
                    ceiling is null ? $"{Label(other)} hands out no role any more." : $"{Label(other)} hands out roles up to {ceiling}.",
                    holders
                );
            }

            if (role.Rank != other.Rank)
            {
                Add(
                    EffectKind.Changes,
                    "rankChanged",
                    $"{Label(other)} has the rank {Number(other.Rank)}: who may hand it out, and what it may hand out, follows from that.",
                    holders
                );
            }

            if (role.Description != other.Description)
            {
                Add(EffectKind.Changes, "roleDescribed", $"Where {Label(other)} is chosen, another sentence stands below it.");
            }

            if (!role.Assignable && other.Assignable)
            {
                Add(EffectKind.Changes, "assignable", $"Whoever may hand it out can put people into the role {other.Label}.");
            }

            if (role.Assignable && !other.Assignable)
            {
                Add(EffectKind.Changes, "notAssignable", $"Nobody can be put into the role {other.Label} by hand any more.");
            }
        }

        foreach (var role in wanted.Roles.Where(r => now.Role(r.Key) is null))
        {
            Add(EffectKind.Changes, "roleNew", $"There is a new role: {role.Label}.");
        }
    }

    private void Licenses()
    {
        foreach (var license in now.Licenses)
        {
            var holders = counts.License(license.Key).Used;
            if (wanted.License(license.Key) is not { } other)
            {
                Add(EffectKind.Changes, "licenseGone", $"The license {license.Label} is no more.");
                continue;
            }

            if (license.Features.Except(other.Features).ToList() is { Count: > 0 } lost)
            {
                Add(
                    EffectKind.Loses,
                    "featuresLost",
                    $"{People(wanted, holders)} with {other.Label} {(holders == 1 ? "loses" : "lose")}: {Listed(lost)}.",
                    holders
                );
            }

            if (other.Features.Except(license.Features).ToList() is { Count: > 0 } gained)
            {
                Add(
                    EffectKind.Gains,
                    "featuresGained",
                    $"{People(wanted, holders)} with {other.Label} {(holders == 1 ? "gets" : "get")}: {Listed(gained)}.",
                    holders
                );
            }
        }

        foreach (var license in wanted.Licenses)
        {
            if (now.License(license.Key) is { } before && (before.Label, before.Description) != (license.Label, license.Description))
            {
                Add(
                    EffectKind.Changes,
                    "licenseNamed",
                    before.Label == license.Label
                        ? $"Where {license.Label} is chosen, another sentence stands below it."
                        : $"{before.Label} is called {license.Label} from now on.",
                    counts.License(license.Key).Used
                );
            }
        }

        foreach (var license in wanted.Licenses.Where(l => now.License(l.Key) is null))
        {
            Add(EffectKind.Changes, "licenseNew", $"There is a new license: {license.Label}.");
        }

        foreach (var rule in (wanted.FeatureRules ?? []).Except(now.FeatureRules ?? []))
        {
            Add(EffectKind.Loses, "featureNeeded", $"{rule.Permission} asks for a license with {rule.Feature} from then on.");
        }

        foreach (var rule in (now.FeatureRules ?? []).Except(wanted.FeatureRules ?? []))
        {
            Add(EffectKind.Gains, "featureNotNeeded", $"{rule.Permission} asks for no license with {rule.Feature} any more.");
        }

        if (wanted.Invitations.ReserveLicense != now.Invitations.ReserveLicense)
        {
            var promised = open.Where(o => o.License is not null).Sum(o => o.Count);
            Add(
                EffectKind.Changes,
                "reserveLicense",
                wanted.Invitations.ReserveLicense
                    ? $"An invitation takes its license at once. {Number(promised)} that are open take theirs now."
                    : $"An invitation takes its license when it is accepted. {Number(promised)} that are open give theirs back.",
                promised
            );
        }

        if (!wanted.Join.LicenseRequired && now.Join.LicenseRequired)
        {
            Add(EffectKind.Changes, "licenseNotRequired", "Somebody may be in without a license. Who has one keeps it.");
        }

        if (wanted.Join.LicenseRequired && !now.Join.LicenseRequired)
        {
            var holders = wanted.Licenses.Sum(l => counts.License(l.Key).Used);
            var without = Math.Max(0, counts.Slots.Used - holders);
            Add(
                EffectKind.Changes,
                "licenseRequired",
                $"Nobody comes in without a license. {People(wanted, without)} without one stay as they are.",
                without
            );
        }
    }

    private void Joining()
    {
        if (wanted.Join.DefaultRole != now.Join.DefaultRole)
        {
            Add(
                EffectKind.Changes,
                "defaultRole",
                $"Newcomers for whom no role is named come in as {LabelOf(wanted, wanted.Join.DefaultRole)}, not as "
                    + $"{LabelOf(now, now.Join.DefaultRole)}. Who is in or invited stays as they are."
            );
        }

        if (wanted.Join.DefaultLicense != now.Join.DefaultLicense)
        {
            Add(
                EffectKind.Changes,
                "defaultLicense",
                wanted.License(wanted.Join.DefaultLicense) is { } license
                    ? $"Newcomers for whom no license is named get {license.Label}."
                    : "Newcomers for whom no license is named get none."
            );
        }

        if (wanted.Join.FallbackRole != now.Join.FallbackRole && wanted.Role(wanted.Join.FallbackRole) is { } fallback)
        {
            Add(EffectKind.Changes, "fallbackRole", $"Who comes in without a seat is {fallback.Label} from now on.");
        }

        if (wanted.Join.AutoAssign != now.Join.AutoAssign)
        {
            Add(
                EffectKind.Changes,
                "autoAssign",
                wanted.Join.AutoAssign
                    ? "Newcomers get a seat by themselves. Who waits for one already goes on waiting until seats are assigned."
                    : "Newcomers get no seat by themselves. Who has one keeps it."
            );
        }
    }

    private void Limits()
    {
        if (wanted.Join.FallbackRole is null && now.Join.FallbackRole is not null)
        {
            Add(EffectKind.Changes, "fallbackRole", "There is no role without a seat any more: who finds no seat does not come in.");
        }

        Switch(
            now.Join.AdminKeepsRole,
            wanted.Join.AdminKeepsRole,
            "adminKeepsRole",
            "While seats are not assigned by themselves, who is invited as an admin gets one all the same.",
            "While seats are not assigned by themselves, who is invited as an admin comes in without one, too."
        );
        if (now.Capacity.OnFull != wanted.Capacity.OnFull)
        {
            Add(
                EffectKind.Changes,
                "onFull",
                wanted.Capacity.OnFull switch
                {
                    OnFull.Waitlist => "Who finds no seat waits for one and gets it in turn, by itself: whoever waits now, too.",
                    OnFull.Downgrade => "Who finds no seat comes in without one, until somebody gives them one.",
                    _ => "Who finds no seat does not come in.",
                }
            );
        }

        if ((now.Capacity.GracePercent, now.Capacity.GraceDays) != (wanted.Capacity.GracePercent, wanted.Capacity.GraceDays))
        {
            Add(
                EffectKind.Changes,
                "grace",
                wanted.Capacity is { GracePercent: { } percent, GraceDays: { } days }
                    ? $"{Number(percent)} percent more seats are given out for {Number(days)} days when all are in use."
                    : "No more seats than the limit are given out."
            );
        }

        Limit("seats", "seats", now.Capacity.Seats, wanted.Capacity.Seats, counts.Seats.Used);
        Limit("slots", "member slots", now.Capacity.MemberSlots, wanted.Capacity.MemberSlots, counts.Slots.Used);
        foreach (var license in wanted.Licenses)
        {
            Limit("pool", $"{license.Label} licenses", now.License(license.Key)?.Pool, license.Pool, counts.License(license.Key).Used);
        }
    }

    private void Limit(string code, string what, int? before, int? after, long used)
    {
        if (before == after)
        {
            return;
        }

        var limit = after is { } some ? $"There are {Number(some)} {what}, {Number(used)} in use." : $"There is no limit of {what}.";
        Add(
            after < used ? EffectKind.Loses : EffectKind.Changes,
            code + "Limit",
            after < used ? $"{limit} Nobody loses access; no more are given out until {Number(used - after.Value + 1)} are free." : limit,
            after < used ? used - after.Value : 0
        );
    }

    private void Invitations()
    {
        var invitations = open.Sum(o => o.Count);
        var (before, after) = (now.Invitations, wanted.Invitations);
        if (before.LifetimeDays != after.LifetimeDays)
        {
            Add(
                EffectKind.Changes,
                "lifetime",
                $"Invitations that are sent from now on are valid for {Number(after.LifetimeDays)} days."
                    + (invitations == 0 ? "" : $" The {Number(invitations)} open keep their end."),
                invitations
            );
        }

        if (now.LinkRoles.Except(wanted.LinkRoles).ToList() is { Count: > 0 } closed)
        {
            Add(
                EffectKind.Loses,
                "linksEnd",
                $"Nobody joins by an invite link for {Listed(closed.Select(r => LabelOf(now, r)))} any more.",
                closed.Count
            );
        }

        if (before.Providers.Except(after.Providers).ToList() is { Count: > 0 } gone)
        {
            Add(
                EffectKind.Changes,
                "providersGone",
                $"An invitation cannot be bound to {Listed(gone.Select(g => Word.Of(g)))} any more. Those that are open stay bound as they are."
            );
        }

        Switch(
            before.CopyLink,
            after.CopyLink,
            "copyLink",
            "The link of an invitation can be copied.",
            "No page shows the link of an invitation."
        );
        Switch(before.Several, after.Several, "several", "Several people can be invited at once.", "One person is invited at a time.");
        Switch(
            before.NotifyEmail,
            after.NotifyEmail,
            "notifyEmail",
            "The mail of an invitation may go to another address than the user name.",
            "The mail of an invitation goes to the user name. Those that are open keep their address."
        );
        Switch(
            before.TenantId,
            after.TenantId,
            "tenantId",
            "An invitation for Microsoft may name the tenant.",
            "No invitation names a tenant from now on. Those that are open stay bound to theirs."
        );
        Switch(
            before.LinkIsEnough,
            after.LinkIsEnough,
            "linkIsEnough",
            "Where a user name is no address, whoever has the link comes in by it.",
            "Where a user name is no address, the link alone lets nobody in."
        );
        Switch(
            before.ShowClosed,
            after.ShowClosed,
            "showClosed",
            "Invitations that are over stay in the list.",
            "Invitations that are over leave the list. The audit log keeps them."
        );
        if (before.MailsPerDay != after.MailsPerDay)
        {
            Add(
                EffectKind.Changes,
                "mailsPerDay",
                after.MailsPerDay is { } mails
                    ? $"{Number(mails)} invitations may be mailed a day."
                    : "Any number of invitations may be mailed."
            );
        }

        if (before.RevokeLabel != after.RevokeLabel)
        {
            Add(EffectKind.Changes, "revokeLabel", $"The button that ends an invitation says {after.RevokeLabel}.");
        }

        if (after.Providers.Except(before.Providers).ToList() is { Count: > 0 } more)
        {
            Add(EffectKind.Changes, "providersNew", $"An invitation may be bound to {Listed(more.Select(g => Word.Of(g)))}.");
        }

        Switch(before.ChooseMail, after.ChooseMail, "chooseMail", "Whoever invites may leave the mail out.", "Each invitation is mailed.");
        if (before.Resend != after.Resend)
        {
            Add(
                EffectKind.Changes,
                "resend",
                after.Resend switch
                {
                    ResendWhen.Always => "An invitation can be sent again at any time.",
                    ResendWhen.Expired => "An invitation can be sent again once it has expired.",
                    _ => "An invitation cannot be sent again: it is ended and made anew.",
                }
            );
        }
    }

    private void TermsOfUse()
    {
        var (before, after) = (now.Terms, wanted.Terms);
        if (after.TermsOfUse != before.TermsOfUse)
        {
            Add(
                EffectKind.Changes,
                "termsOfUse",
                after.TermsOfUse is not { } address
                        ? "No page points to terms of use any more, and nobody is asked to accept any. What was accepted stays recorded."
                    : before.TermsOfUse is null
                        ? $"Everybody is asked at their next page to accept the terms of use at {address}, and whoever comes in: "
                            + "until then nothing opens to them here."
                    : after.AskedVersion == before.AskedVersion
                        ? $"The terms of use are at {address}. Who accepted version {after.AskedVersion} is not asked again: raise the "
                            + "version for that."
                    : $"The terms of use are at {address}."
            );
        }

        if (before.AskedVersion is { } old && after.AskedVersion is { } version && version != old)
        {
            Add(
                EffectKind.Changes,
                "termsVersion",
                $"Everybody who did not accept version {version} of the terms of use is asked at their next page, also on the way to an "
                    + "app: until then nothing opens to them here."
            );
        }
    }

    private void Pages()
    {
        if (wanted.Terms.Person != now.Terms.Person || wanted.Terms.People != now.Terms.People || wanted.Terms.Tenant != now.Terms.Tenant)
        {
            Add(
                EffectKind.Changes,
                "words",
                $"Pages and mails say {wanted.Terms.Tenant}, {wanted.Terms.Person} and {wanted.Terms.People}."
            );
        }

        TermsOfUse();

        if (!wanted.MemberList.Columns.SequenceEqual(now.MemberList.Columns))
        {
            Add(EffectKind.Changes, "columns", "The list shows other columns, for everybody who sees it.");
        }

        if (wanted.Advice.WarnBelowAdmins != now.Advice.WarnBelowAdmins)
        {
            Add(
                EffectKind.Changes,
                "warnBelowAdmins",
                counts.Admins < wanted.Advice.WarnBelowAdmins
                    ? $"Admins are warned, for there are fewer than {Number(wanted.Advice.WarnBelowAdmins)}: {Number(counts.Admins)}."
                    : $"Admins are warned when there are fewer than {Number(wanted.Advice.WarnBelowAdmins)} of them; there are "
                        + $"{Number(counts.Admins)}."
            );
        }

        if (wanted.Advice.ReviewEveryDays != now.Advice.ReviewEveryDays)
        {
            Add(
                EffectKind.Changes,
                "reviewEveryDays",
                wanted.Advice.ReviewEveryDays is { } days
                    ? $"A review of access is due every {Number(days)} days."
                    : "No review of access is due by itself."
            );
        }

        Switch(
            now.Scim.UniqueGroupNames,
            wanted.Scim.UniqueGroupNames,
            "uniqueGroupNames",
            "A second group of the same name is refused. Groups that are there stay.",
            "Two groups may bear the same name. Some directories find groups by it."
        );
        Directory();
        SecondAdmin();
    }

    private void Directory()
    {
        Switch(
            now.Scim.Strict,
            wanted.Scim.Strict,
            "strict",
            "What a directory sends is taken to the letter of the RFC. Requests that were understood before may be refused from now on.",
            "What real directories send is understood where its meaning is plain."
        );
        Switch(
            now.Scim.PlainDiscovery,
            wanted.Scim.PlainDiscovery,
            "plainDiscovery",
            "Discovery says nothing newer than RFC 7643.",
            "Discovery says all that the directory may use."
        );
        if (now.Scim.DaysOfLog != wanted.Scim.DaysOfLog)
        {
            Add(
                wanted.Scim.DaysOfLog < now.Scim.DaysOfLog ? EffectKind.Loses : EffectKind.Changes,
                "logDays",
                $"The provisioning log is kept for {Number(wanted.Scim.DaysOfLog)} {(wanted.Scim.DaysOfLog == 1 ? "day" : "days")}."
                    + (
                        wanted.Scim.DaysOfLog < now.Scim.DaysOfLog
                            ? " What is older goes for good, and cycles that old cannot be undone."
                            : ""
                    )
            );
        }

        Attributes();
    }

    private void Attributes()
    {
        var (before, after) = (Names(now), Names(wanted));
        if (after.Except(before).ToList() is { Count: > 0 } more)
        {
            Add(EffectKind.Changes, "attributesDefined", $"Kept from now on, as directories send them: {Listed(more)}.");
        }

        if (before.Except(after).ToList() is { Count: > 0 } gone)
        {
            Add(EffectKind.Loses, "attributesGone", $"Neither taken nor shown any more, and kept of those who have them: {Listed(gone)}.");
        }

        if (before.Count > 0 && now.Scim.SchemaOfAttributes != wanted.Scim.SchemaOfAttributes)
        {
            Add(
                EffectKind.Loses,
                "attributeSchema",
                $"Directories must map onto {wanted.Scim.SchemaOfAttributes} and send all values again."
            );
        }

        static List<string> Names(WorkspaceConfiguration configuration) => [.. (configuration.Scim.Attributes ?? []).Select(a => a.Name)];
    }

    private void SecondAdmin()
    {
        var (before, after) = (now.FourEyes ?? [], wanted.FourEyes ?? []);
        foreach (var act in after.Except(before))
        {
            Add(EffectKind.Changes, "fourEyesOn", $"{Asked(act)} waits until a second admin approves.");
        }

        foreach (var act in before.Except(after))
        {
            Add(EffectKind.Changes, "fourEyesOff", $"{Asked(act)} asks for no second admin any more.");
        }

        static string Asked(Approvals.FourEyesAct act) =>
            act switch
            {
                Approvals.FourEyesAct.GrantAdmin => "Giving an admin's role",
                Approvals.FourEyesAct.IssueDirectoryToken => "Making a token for a directory",
                _ => Word.Of(act),
            };
    }

    private void Switch(bool before, bool after, string code, string on, string off)
    {
        if (before != after)
        {
            Add(EffectKind.Changes, code, after ? on : off);
        }
    }

    private string Who(long count, string one, string many, Role role) =>
        count == 0 ? $"{Label(role)}, which nobody is yet, {one}" : $"{People(wanted, count)} ({role.Label}) {(count == 1 ? one : many)}";

    private static string Label(Role role) => role.Label;

    private static string LabelOf(WorkspaceConfiguration configuration, string key) => configuration.Role(key)?.Label ?? key;

    private void Add(EffectKind kind, string code, string message, long count = 0) => _effects.Add(new(kind, code, message, count));
}
