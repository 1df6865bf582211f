using UserManagement.Membership.Access;
using UserManagement.Membership.Operators;

namespace UserManagement.Host.Verbs;

/// <summary>The verbs about who gets to the operator's page.</summary>
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
