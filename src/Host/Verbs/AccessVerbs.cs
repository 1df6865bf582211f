using UserManagement.AdminUi.MemberPages;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;

namespace UserManagement.Host.Verbs;

/// <summary>The verb about what one person may do.</summary>
internal static class AccessVerbs
{
    /// <summary>The person's page in words: whether they get in, why, and what they may do.</summary>
    public static Verb Show { get; } =
        new(
            "access show",
            "SLUG USERNAME|ID",
            "Tells what a person may do in a workspace, and why",
            """
            Whether they get in, with which role, license and seat; each reason, the one that counts first; and what they may do: the
            permissions of the role and the features of the license. As the person's page tells it; changes nothing and leaves no line.

              usermanagement access show acme ada@example.org
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

                var found = await PersonVerbs.FindAsync(core, workspace, call.Operands[1], ct);
                var read = await core.Act<MemberPage>().RunAsync(Actor.Operator, workspace.Id, found.Count == 0 ? default : found[0], ct);
                if (!read.Is(out var view, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                var (member, configuration) = (view.Member, workspace.Configuration);
                var why = new WhyAccess(configuration, view, core.Act<Store>().Time.Now());
                await call.Out.WriteLineAsync(
                    member.ShownName == member.UserName ? member.UserName : $"{member.ShownName} ({member.UserName})"
                );
                foreach (var step in why.Chain)
                {
                    await call.Out.WriteLineAsync($"  {step.Word}: {step.Text}");
                }

                await call.Out.WriteLineAsync("Why:");
                foreach (var sentence in why.Sentences)
                {
                    await call.Out.WriteLineAsync($"  {sentence.Text}{(sentence.At is { } at ? $" ({at:yyyy-MM-dd})" : "")}");
                }

                var may = member.State == MemberState.Active ? configuration.EntitledTo(member.Role, member.License) : [];
                await call.Out.WriteLineAsync($"May: {(may.Count == 0 ? "nothing" : string.Join(", ", may))}");
                return Exit.Done;
            }
        );
}
