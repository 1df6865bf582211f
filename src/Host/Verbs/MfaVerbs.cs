using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;

namespace UserManagement.Host.Verbs;

/// <summary>Verbs about second factors.</summary>
internal static class MfaVerbs
{
    /// <summary>The way back in for an admin who lost every second factor, whom no other admin can help.</summary>
    public static Verb Reset { get; } =
        new(
            "mfa reset",
            "SLUG USERNAME",
            "Takes somebody's second factors away",
            """
            For somebody who lost phone, passkey and recovery codes and whom no admin can help, such as the only one, or the
            admin of several workspaces. They are signed out everywhere and sign in with their first factor alone. Make sure
            that it is really them who asks.

              usermanagement mfa reset acme ada@example.org
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

                var key = Key.Of(call.Operands[1]);
                Member? member;
                await using (var db = core.Act<Store>().Read())
                {
                    member = await db
                        .Members.AsNoTracking()
                        .FirstOrDefaultAsync(m => m.WorkspaceId == workspace.Id && m.UserNameKey == key, ct);
                }

                var reset = await core.Act<ResetMfa>().RunAsync(Actor.Operator, workspace.Id, member?.Id ?? default, ct);
                if (reset.Refusal is { } refusal)
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync(
                    $"The second factors of {reset.Value.UserName} are gone, and they are signed out everywhere."
                );
                return Exit.Done;
            }
        );
}
