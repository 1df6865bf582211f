using System.Globalization;
using UserManagement.Membership.Access;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Host.Verbs;

/// <summary>Verbs about joining by e-mail domain: the operator's gate, and the operator's proof.</summary>
internal static class DomainVerbs
{
    public static Verb Allow { get; } =
        new(
            "domain allow",
            "SLUG yes|no",
            "Lets people join a workspace by their e-mail domain, or not",
            """
            Admins claim domains of their company, prove them by DNS, and say whether people with such an address join or ask
            to. None of it opens anything before you allow it here; `no` shuts it at once, and who is in stays in.

              usermanagement domain allow acme yes
            """,
            2,
            [],
            async (call, ct) =>
            {
                if (call.Operands[1] is not ("yes" or "no"))
                {
                    throw new UsageException("Say yes or no.");
                }

                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var outcome = await core.Act<AllowDomainJoin>().RunAsync(Actor.Operator, workspace.Id, call.Operands[1] == "yes", ct);
                if (outcome.Refusal is { } refusal)
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync(
                    call.Operands[1] == "yes"
                        ? $"People may join {workspace.Row.Slug} by the domains that it has proven."
                        : $"Nobody joins {workspace.Row.Slug} by domain any more."
                );
                return Exit.Done;
            }
        );

    public static Verb List { get; } =
        new(
            "domain list",
            "SLUG",
            "Lists the e-mail domains of a workspace",
            """
            One line each: the domain, whether and how it was proven, what its addresses open.

              usermanagement domain list acme
            """,
            1,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var domains = (await core.Act<ListEmailDomains>().RunAsync(Actor.Operator, workspace.Id, ct)).Value;
                await call.Out.WriteLineAsync(domains.IsAllowed ? "Joining by domain is allowed." : "Joining by domain is not allowed.");
                foreach (var domain in domains.Domains)
                {
                    await call.Out.WriteLineAsync(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{domain.Name.PadRight(32)} {(domain.VerifiedBy is { } by ? "proven by " + by.ToString().ToLowerInvariant() : "not proven").PadRight(18)} {domain.Join.ToString().ToLowerInvariant()}"
                        )
                    );
                }

                return Exit.Done;
            }
        );

    public static Verb Verify { get; } =
        new(
            "domain verify",
            "SLUG DOMAIN",
            "Says that an e-mail domain is a workspace's, without DNS",
            """
            For a company whose DNS nobody can change, or that you know. Where the workspace has not claimed it, it has by this.

              usermanagement domain verify acme acme.example
            """,
            2,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var claimed = (await core.Act<ListEmailDomains>().RunAsync(Actor.Operator, workspace.Id, ct)).Value.Domains;
                var domain = claimed.FirstOrDefault(d => d.Name.Equals(call.Operands[1], StringComparison.OrdinalIgnoreCase));
                if (domain is null)
                {
                    var made = await core.Act<ClaimEmailDomain>().RunAsync(Actor.Operator, workspace.Id, call.Operands[1], ct);
                    if (!made.Is(out domain, out var no))
                    {
                        return await call.RefuseAsync(no);
                    }
                }

                var outcome = await core.Act<VerifyEmailDomain>().RunAsync(Actor.Operator, workspace.Id, domain.Id, ct);
                if (outcome.Refusal is { } refusal)
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync($"{outcome.Value.Name} counts as proven.");
                return Exit.Done;
            }
        );
}
