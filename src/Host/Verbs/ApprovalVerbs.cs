using System.Globalization;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Approvals;

namespace UserManagement.Host.Verbs;

/// <summary>Verbs about what needs a second admin, for where there is none.</summary>
internal static class ApprovalVerbs
{
    public static Verb List { get; } =
        new(
            "approvals list",
            "SLUG",
            "Lists what admins ask a second one for",
            """
            One line each, newest first: the id, how it stands, until when, who asks and for what.

              usermanagement approvals list acme
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

                foreach (var one in (await core.Act<ListApprovals>().RunAsync(Actor.Operator, workspace.Id, ct)).Value)
                {
                    var until = one.ExpiresAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
                    await call.Out.WriteLineAsync(
                        $"{one.Id} {one.State.Shown(), -8} until {until} {one.AskedBy} wants to {one.Sentence(workspace.Configuration)}"
                    );
                }

                return Exit.Done;
            }
        );

    public static Verb Approve { get; } = Decide("approve", "Approves what an admin asks for", isYes: true);

    public static Verb Reject { get; } = Decide("reject", "Rejects what an admin asks for", isYes: false);

    private static Verb Decide(string word, string says, bool isYes) =>
        new(
            $"approvals {word}",
            "SLUG ID",
            says,
            $"""
            For a workspace with one admin alone, or whose other admins are away. The audit log names the operator beside whoever asked.

              usermanagement approvals {word} acme 019e1c2d-7b7a-7d54-9a36-0f5d9d5f8c11
            """,
            2,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (!Id<Approval>.TryParse(call.Operands[1], out var id))
                {
                    throw new UsageException("This is no id of a request.");
                }

                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var outcome = await core.Act<DecideApproval>().RunAsync(Actor.Operator, workspace.Id, id, isYes, ct);
                if (!outcome.Is(out var decided, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync(
                    decided.NotDone is { } not ? $"Approved, but not done: {not.Message}"
                    : isYes ? "Approved."
                    : "Rejected."
                );
                return Exit.Done;
            }
        );
}
