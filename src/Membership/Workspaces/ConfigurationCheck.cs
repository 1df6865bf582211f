using System.Text.RegularExpressions;
using UserManagement.Membership.Access;
using UserManagement.Membership.Roles;

namespace UserManagement.Membership.Workspaces;

/// <summary>What makes a configuration whole: no key twice, nothing that points to what is not there, no number out of range.</summary>
public static partial class ConfigurationCheck
{
    private const int MostRoles = 50;
    private const int MostWord = 60;
    private const int MostTermsVersion = 1_000_000;
    private const int MostLabel = 100;
    private const int MostDescription = 500;
    private const int MostHint = 300;

    /// <summary>The first thing that is wrong, or null when it is whole.</summary>
    public static Refusal? Check(WorkspaceConfiguration configuration) =>
        Roles(configuration)
        ?? Licenses(configuration)
        ?? Join(configuration)
        ?? Numbers(configuration)
        ?? configuration.Scim.Hold?.Check()
        ?? SignIn(configuration)
        ?? Texts(configuration)
        ?? Features(configuration);

    private static Refusal? Roles(WorkspaceConfiguration configuration)
    {
        var roles = configuration.Roles;
        if (roles.Count is 0 or > MostRoles || roles.Select(r => r.Key).Distinct(StringComparer.Ordinal).Count() != roles.Count)
        {
            return Wrong("roles", $"There must be 1 to {MostRoles} roles, each with a key of its own.");
        }

        if (!roles.Any(r => r.IsAdmin))
        {
            return Wrong("roles", "At least one role must be an admin's.");
        }

        if (roles.FirstOrDefault(r => r.IsAdmin && LocksOut(configuration, r)) is { } powerless)
        {
            return Wrong(
                "roles",
                $"The role {powerless.Label} is an admin's: it must be able to manage people, to configure the workspace and to "
                    + $"grant itself."
            );
        }

        foreach (var role in roles)
        {
            if (!KeyForm().IsMatch(role.Key) || Membership.Key.Check("label", role.Label) is not null)
            {
                return Wrong("roles", "A role has a key of lower case letters, digits and hyphens, and a label.");
            }

            if (
                role.Includes.Any(i => i == role.Key || configuration.Role(i) is null)
                || (role.CanGrantUpTo is { } ceiling && configuration.Role(ceiling) is null)
            )
            {
                return Wrong("roles", $"The role {role.Label} names a role that is not there.");
            }
        }

        return null;
    }

    /// <summary>An admin who cannot mend the workspace would leave it locked for ever.</summary>
    private static bool LocksOut(WorkspaceConfiguration configuration, Role role) =>
        !configuration.PermissionsOf(role.Key).IsSupersetOf([Permission.ManageMembers, Permission.ConfigureWorkspace])
        || configuration.Role(role.CanGrantUpTo) is not { } ceiling
        || ceiling.Rank < role.Rank;

    private static Refusal? Licenses(WorkspaceConfiguration configuration)
    {
        var licenses = configuration.Licenses;
        return licenses.Select(l => l.Key).Distinct(StringComparer.Ordinal).Count() != licenses.Count
            || licenses.Any(l => !KeyForm().IsMatch(l.Key))
                ? Wrong("licenses", "Each license has a key of its own, of lower case letters, digits and hyphens.")
            : licenses.Any(l => l.Pool is < 0 or > 10_000_000) ? Wrong("licenses", "A pool holds 0 to 10,000,000 licenses.")
            : null;
    }

    private static Refusal? Join(WorkspaceConfiguration configuration)
    {
        var join = configuration.Join;
        if (configuration.Role(join.DefaultRole) is not { IsAdmin: false })
        {
            return Wrong("join.defaultRole", "The role of newcomers must be there and be no admin's.");
        }

        if (join.FallbackRole is { } fallback && configuration.Role(fallback) is not { NeedsSeat: false, IsAdmin: false })
        {
            return Wrong("join.fallbackRole", "The role without a seat must be there, need none and be no admin's.");
        }

        if (configuration.Capacity.OnFull is OnFull.Downgrade or OnFull.Waitlist && join.FallbackRole is null)
        {
            return Wrong("capacity.onFull", "Downgrading, and waiting for a seat, need a role without one.");
        }

        if (configuration.Capacity.OnFull == OnFull.Waitlist && !join.AutoAssign)
        {
            return Wrong("capacity.onFull", "A waiting list gives seats by itself: let newcomers get theirs by themselves, too.");
        }

        return
            (join.DefaultLicense is { } license && configuration.License(license) is null)
            || (join.LicenseRequired && join.DefaultLicense is null)
            ? Wrong("join.defaultLicense", "The license of newcomers must be there, and be named where everybody needs one.")
            : null;
    }

    private static Refusal? Numbers(WorkspaceConfiguration configuration) =>
        configuration.Capacity.Seats is < 0 or > 10_000_000 || configuration.Capacity.MemberSlots is < 0 or > 10_000_000
            ? Wrong("capacity", "A limit is 0 to 10,000,000, or none.")
        : (configuration.Capacity.GracePercent is null) != (configuration.Capacity.GraceDays is null)
        || configuration.Capacity.GracePercent is < 1 or > 100
        || configuration.Capacity.GraceDays is < 1 or > 365
            ? Wrong("capacity.gracePercent", "A grace is 1 to 100 percent for 1 to 365 days, or none.")
        : configuration.Invitations.LifetimeDays is < 1 or > 365 ? Wrong("invitations.lifetimeDays", "An invitation lives 1 to 365 days.")
        : configuration.Invitations.Providers.Count == 0 ? Wrong("invitations.providers", "At least one provider must be offered.")
        : configuration.Invitations.MailsPerDay is < 0 ? Wrong("invitations.mailsPerDay", "This cannot be negative.")
        : configuration.Scim.LogDays is < 1 or > 400 ? Wrong("scim.logDays", "The provisioning log is kept for 1 to 400 days.")
        : configuration.Advice.ReviewEveryDays is < 1 or > 3650
            ? Wrong("advice.reviewEveryDays", "A review is due after 1 to 3,650 days, or never.")
        : Mappings.DirectoryMapping.Check(configuration.Scim.Mappings) ?? Mappings.CustomAttribute.Check(configuration.Scim);

    private static Refusal? SignIn(WorkspaceConfiguration configuration)
    {
        var rules = configuration.SignIn;
        return rules.Tenants.Count > 100 || !rules.Tenants.All(t => Guid.TryParseExact(t, "D", out _))
                ? Wrong("signIn.tenants", "Tenants are up to 100 ids of Entra tenants.")
            : rules.Domains.Count > 100 || rules.Domains.Any(d => EmailAddress.Domain("@" + d) != d)
                ? Wrong("signIn.domains", "Domains are up to 100 domains of Google organisations, in lower case.")
            : rules.Connections?.Count > 100 ? Wrong("signIn.connections", "Up to 100 connections can be named.")
            : rules.JoinRole is { } role && configuration.Role(role) is not { IsAdmin: false }
                ? Wrong("signIn.joinRole", "The role of whoever joins at the first sign-in must be there and be no admin's.")
            : null;
    }

    /// <summary>What people are shown: short, on one line, and no address that runs something.</summary>
    private static Refusal? Texts(WorkspaceConfiguration configuration)
    {
        var terms = configuration.Terms;
        return new[] { ("tenant", terms.Tenant), ("person", terms.Person), ("people", terms.People) }
                .Where(t => t.Item2.Length > MostWord || Membership.Key.Check("terms." + t.Item1, t.Item2) is not null)
                .Select(t => Wrong("terms." + t.Item1, $"A word has 1 to {MostWord} characters on one line."))
                .FirstOrDefault()
            ?? (
                terms.TermsOfUse is { } address && !IsAddress(address)
                    ? Wrong("terms.termsOfUse", "The terms of use are an address that begins with https://, of at most 500 characters.")
                : terms.TermsVersion is < 1 or > MostTermsVersion
                    ? Wrong("terms.termsVersion", $"The version of the terms of use is a number from 1 to {MostTermsVersion}.")
                : configuration.Invitations.RevokeLabel.Length > MostWord
                || Membership.Key.Check("invitations.revokeLabel", configuration.Invitations.RevokeLabel) is not null
                    ? Wrong("invitations.revokeLabel", $"A word has 1 to {MostWord} characters on one line.")
                : configuration.Capacity.MoreHint is { } hint
                && (hint.Length > MostHint || Membership.Key.Check("capacity.moreHint", hint) is not null)
                    ? Wrong(
                        "capacity.moreHint",
                        $"What to do when something is full is a sentence of at most {MostHint} characters on one line."
                    )
                : configuration.Invitations.LinkRoles?.FirstOrDefault(r => configuration.Role(r) is null) is { } nobodys
                    ? Wrong("invitations.linkRoles", $"There is no role {nobodys} for which there could be an invite link.")
                : configuration.Advice.WarnBelowAdmins is < 0 or > 1000 ? Wrong("advice.warnBelowAdmins", "This is 0 to 1,000 admins.")
                : configuration.Roles.FirstOrDefault(r => r.Label.Length > MostLabel || r.Description.Length > MostDescription) is { } role
                    ? Wrong(
                        "roles",
                        $"A role's label has at most {MostLabel} characters and its description {MostDescription}: {role.Key}."
                    )
                : null
            );
    }

    /// <summary>
    /// What this product itself asks for hangs on the role alone: a license that runs out locks nobody out of their workspace.
    /// </summary>
    private static Refusal? Features(WorkspaceConfiguration configuration)
    {
        var rules = configuration.FeatureRules ?? [];
        return rules.Count > 200 || rules.Any(r => !IsWord(r.Permission) || !IsWord(r.Feature))
                ? Wrong("featureRules", "Up to 200 rules, each with a permission and a feature of 1 to 100 characters without blanks.")
            : rules.FirstOrDefault(r => Permission.All.Contains(r.Permission)) is { } own
                ? Wrong("featureRules", $"{own.Permission} is asked for by this product itself and hangs on the role alone.")
            : rules.GroupBy(r => r.Permission, StringComparer.Ordinal).Any(g => g.Count() > 1)
                ? Wrong("featureRules", "Each permission asks for one feature.")
            : null;
    }

    private static bool IsWord(string text) => text.Length is > 0 and <= 100 && text.All(c => c is > ' ' and < '\u007f');

    private static bool IsAddress(string text) =>
        text.Length <= 500
        && Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address.Scheme == Uri.UriSchemeHttps
        && text.All(c => c is > ' ' and < '\u007f');

    private static Refusal Wrong(string field, string message) => Refusal.Invalid(field, message);

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$")]
    private static partial Regex KeyForm();
}
