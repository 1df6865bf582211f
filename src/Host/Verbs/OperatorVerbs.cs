using System.Globalization;
using UserManagement.Membership.Access;
using UserManagement.Membership.Operators;

namespace UserManagement.Host.Verbs;

/// <summary>The verbs about who gets to the operator's page, and which programs to the operator's calls of the REST API.</summary>
internal static class OperatorVerbs
{
    public static Verb Allow { get; } =
        new(
            "operator allow",
            "LOGIN",
            "Lets an account get to the operator's page",
            """
            /operator shows workspaces and their use, health, what was not sent (and sends it again), connections and versions. LOGIN is the name
            by which the person signs in, or their proven address. They sign in with a password, a passkey or a provider of the
            installation, never by a workspace's own, and with a second factor. No page makes an operator: this verb alone does.

              usermanagement operator allow ada@example.org
            """,
            1,
            [],
            (call, ct) => SayAsync(call, true, ct)
        );

    public static Verb Revoke { get; } =
        new(
            "operator revoke",
            "LOGIN",
            "Takes that back",
            """
            It holds at the next request.

              usermanagement operator revoke ada@example.org
            """,
            1,
            [],
            (call, ct) => SayAsync(call, false, ct)
        );

    public static Verb List { get; } =
        new(
            "operator list",
            "",
            "Lists who gets to the operator's page",
            """
            One name a line, as it was given.

              usermanagement operator list
            """,
            0,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                foreach (var name in await core.Act<AllowOperator>().ListAsync(ct))
                {
                    await call.Out.WriteLineAsync(name);
                }

                return Exit.Done;
            }
        );

    public static Verb CreateKey { get; } =
        new(
            "operator key create",
            "NAME [--days N]",
            "Makes a key with which a program of yours sets plans by REST, and prints it, this once",
            """
            For your own billing or provisioning: with each request (Authorization: Bearer umop_...) it lists workspaces with their use, and
            reads and sets their plans, as `workspace plan set` does; nothing else. Only a hash of it is kept. NAME says which program it is
            for.

              usermanagement operator key create Billing
              curl -X PATCH -H "Authorization: Bearer umop_..." -H "Content-Type: application/merge-patch+json" \
                https://people.example.org/api/v1/operator/workspaces/acme/plan -d '{"seats": 50}'
            """,
            1,
            [("--days N", "How long it lives, 1 to 730. Default: 365")],
            async (call, ct) =>
            {
                var days = WorkspaceVerbs.Number(call, "days", 1, CreateOperatorKey.LongestLife.Days) ?? 365;
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                var made = await core.Act<CreateOperatorKey>().RunAsync(Actor.Operator, call.Operands[0], TimeSpan.FromDays(days), ct);
                if (!made.Is(out var issued, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync(
                    $"REST base URL: {core.Links.Base}/api/v1/operator\nOperator key: {issued.Key}\nIt ends on {Day(issued.Row.ExpiresAt)}."
                );
                return Exit.Done;
            }
        );

    public static Verb ListKeys { get; } =
        new(
            "operator key list",
            "",
            "Lists the operator keys",
            """
            One line each: state, when it ends, name.

              usermanagement operator key list
            """,
            0,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                var read = await core.Act<ListOperatorKeys>().RunAsync(Actor.Operator, ct);
                if (!read.Is(out var keys, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                foreach (var key in keys)
                {
                    await call.Out.WriteLineAsync($"{(key.IsLive ? "live   " : "expired")} until {Day(key.Row.ExpiresAt)} {key.Row.Name}");
                }

                return Exit.Done;
            }
        );

    public static Verb RevokeKey { get; } =
        new(
            "operator key revoke",
            "NAME",
            "Revokes an operator key at once",
            """
            The program's next request with it is answered by 401. `operator key list` shows the names.

              usermanagement operator key revoke Billing
            """,
            1,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                var revoked = await core.Act<RevokeOperatorKey>().RunAsync(Actor.Operator, call.Operands[0], ct);
                if (!revoked.Is(out var key, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync($"Revoked: {key.Name}.");
                return Exit.Done;
            }
        );

    private static string Day(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static async Task<int> SayAsync(VerbCall call, bool allowed, CancellationToken ct)
    {
        await using var core = await OpenCore.OfAsync(call.Settings, ct);
        var done = await core.Act<AllowOperator>().RunAsync(Actor.Operator, call.Operands[0], allowed, ct);
        if (!done.Is(out var account, out var refusal))
        {
            return await call.RefuseAsync(refusal);
        }

        await call.Out.WriteLineAsync($"{account.DisplayName} {(allowed ? "gets" : "no longer gets")} to {core.Links.Base}/operator.");
        return Exit.Done;
    }
}
