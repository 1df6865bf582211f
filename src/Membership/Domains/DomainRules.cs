using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>
/// Asks DNS for the texts at a name (TXT, RFC 1035 section 3.3.14): empty where there are none, null where no server answered.
/// </summary>
public delegate Task<IReadOnlyList<string>?> DomainRecords(string name, CancellationToken ct);

/// <summary>What may be a domain of a workspace, what one opens, and to whom.</summary>
internal static class DomainRules
{
    /// <summary>How many a workspace may claim.</summary>
    public const int Most = 50;

    private static readonly HashSet<string> FreeMail = ReadFreeMail();

    /// <summary>The domain in its one form, or why it can be none of a workspace.</summary>
    public static Outcome<string> Check(string typed)
    {
        var text = typed.Trim().TrimStart('@').TrimEnd('.');
        return EmailAddress.Domain("x@" + text) is not { } domain || text.Contains('@', StringComparison.Ordinal)
                ? Refusal.Invalid("domain", "This is no domain. It looks like yourcompany.com.")
            : IsFreeMail(domain)
                ? new Refusal(
                    RefusalKind.Invalid,
                    "freeMail",
                    $"Anybody gets an address at {domain}. Claim the domain of your own company.",
                    "domain"
                )
            : domain;
    }

    /// <summary>Whether anybody can have an address of the domain, or of one above it.</summary>
    public static bool IsFreeMail(string domain)
    {
        for (var at = 0; ; )
        {
            if (FreeMail.Contains(domain[at..]))
            {
                return true;
            }

            var dot = domain.IndexOf('.', at);
            if (dot < 0)
            {
                return false;
            }

            at = dot + 1;
        }
    }

    /// <summary>What an address opens in a workspace; null for nothing.</summary>
    public static async Task<EmailDomain?> OpenForAsync(MembershipDb db, WorkspaceContext workspace, string? address, CancellationToken ct)
    {
        if (workspace.Row.DomainJoinAllowed != true || address is null || EmailAddress.Domain(address) is not { } name)
        {
            return null;
        }

        var domain = await db.EmailDomains.AsNoTracking().FirstOrDefaultAsync(d => d.WorkspaceId == workspace.Id && d.Name == name, ct);
        return domain is { VerifiedAt: not null, Join: DomainJoin.Request or DomainJoin.Automatic } ? domain : null;
    }

    /// <summary>The role of whoever joins by a domain.</summary>
    public static string RoleOf(WorkspaceContext workspace, EmailDomain domain) =>
        domain.JoinRole is { } role && workspace.Configuration.Role(role) is not null ? role : workspace.Configuration.Join.DefaultRole;

    /// <summary>By what somebody of the domain invites themselves.</summary>
    public static InvitationSource Source(WorkspaceContext workspace, EmailDomain domain, string role) =>
        new(
            role,
            workspace.Row.Name,
            null,
            invitation => invitation with { EmailDomainId = domain.Id },
            invitation => invitation.EmailDomainId == domain.Id
        );

    /// <summary>A role that newcomers by a domain may get: no admin's, for nobody looks at who comes.</summary>
    public static Refusal? AgainstRole(WorkspaceConfiguration configuration, Actor actor, string? role) =>
        role is null ? null
        : configuration.MayGrant(actor, role) is { } beyond ? beyond
        : configuration.Role(role) is { IsAdmin: true } or { Assignable: false }
            ? Refusal.Invalid("role", "Whoever joins by a domain cannot get this role.")
        : null;

    private static HashSet<string> ReadFreeMail()
    {
        using var stream = typeof(DomainRules).Assembly.GetManifestResourceStream("UserManagement.Membership.Domains.free-mail.txt")!;
        using var reader = new StreamReader(stream);
        return reader
            .ReadToEnd()
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#')
            .ToHashSet(StringComparer.Ordinal);
    }
}
