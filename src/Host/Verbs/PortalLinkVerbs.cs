using System.Globalization;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Portals;

namespace UserManagement.Host.Verbs;

/// <summary>The verbs about the links by which the customer's IT staff set a workspace up without an account.</summary>
internal static class PortalLinkVerbs
{
    public static Verb Create { get; } =
        new(
            "portal-link create",
            "SLUG NOTE [--opens PARTS] [--days N] [--mail ADDRESS]",
            "Makes a link to the set-up portal and prints it, this once",
            """
            Whoever has it connects the directory, the sign-in and the e-mail domain of the workspace, and sees nothing else. NOTE says
            for whom it is; it stands in the audit log beside whatever is done by the link.

              usermanagement portal-link create acme "Jo of Acme IT" --opens directory,domain --days 14
            """,
            2,
            [
                ("--opens PARTS", "Of directory, sign-in, domain, between commas. Default: all three"),
                ("--days N", "How long it lives, 1 to 30. Default: 7"),
                ("--mail ADDRESS", "Mails it there. Default: no mail"),
            ],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                var days = WorkspaceVerbs.Number(call, "days", 1, CreatePortalLink.MostDays) ?? CreatePortalLink.UsualDays;
                var opens = Parts(call.Option("opens") ?? "directory,sign-in,domain");
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var made = await core.Act<CreatePortalLink>()
                    .RunAsync(Actor.Operator, workspace.Id, new(call.Operands[1], opens, days, call.Option("mail")), ct);
                if (made.Refusal is { } refusal)
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync(
                    $"Set-up link, until {Day(made.Value.Row.ExpiresAt)}: {core.Links.Portal(made.Value.Secret)}"
                );
                return Exit.Done;
            }
        );

    public static Verb List { get; } =
        new(
            "portal-link list",
            "SLUG",
            "Lists a workspace's links to the set-up portal",
            """
            One line each: id, state, what it opens, when it ends, when it was last used, for whom it is.

              usermanagement portal-link list acme
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

                foreach (var link in (await core.Act<ListPortalLinks>().RunAsync(Actor.Operator, workspace.Id, ct)).Value)
                {
                    var state =
                        link.IsLive ? "live"
                        : link.Row.RevokedAt is not null ? "revoked"
                        : "over";
                    var used = link.Row.LastUsedAt is { } at ? Day(at) : "never used";
                    await call.Out.WriteLineAsync(
                        $"{link.Row.Id} {state.PadRight(7)} {Words(link.Row.Opens).PadRight(24)} until {Day(link.Row.ExpiresAt)} "
                            + $"{used.PadRight(16)} {link.Row.Note}"
                    );
                }

                return Exit.Done;
            }
        );

    public static Verb Revoke { get; } =
        new(
            "portal-link revoke",
            "SLUG ID",
            "Revokes a link to the set-up portal at once",
            """
            Whoever has it gets no further; what was set up by it stays. `portal-link list` shows the ids.

              usermanagement portal-link revoke acme 0190b6d0-5b1c-7e4f-8a43-1d3f6c1e2a90
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

                if (!Id<PortalLink>.TryParse(call.Operands[1], out var id))
                {
                    throw new UsageException("This is no id of a link. `portal-link list SLUG` shows them.");
                }

                var revoked = await core.Act<RevokePortalLink>().RunAsync(Actor.Operator, workspace.Id, id, ct);
                if (revoked.Refusal is { } refusal)
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync($"Revoked: the link for {revoked.Value.Note}.");
                return Exit.Done;
            }
        );

    private static readonly (string Word, PortalScopes Part)[] Known =
    [
        ("directory", PortalScopes.Directory),
        ("sign-in", PortalScopes.SignIn),
        ("domain", PortalScopes.Domain),
    ];

    private static PortalScopes Parts(string words) =>
        words
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Aggregate(
                PortalScopes.None,
                (all, word) =>
                    Array.Find(Known, k => k.Word == word) is { Word: not null } known
                        ? all | known.Part
                        : throw new UsageException($"--opens takes directory, sign-in and domain, not {word}.")
            );

    private static string Words(PortalScopes opens) => string.Join(',', Known.Where(k => opens.HasFlag(k.Part)).Select(k => k.Word));

    private static string Day(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
