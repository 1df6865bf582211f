using System.Globalization;
using UserManagement.Membership.Access;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Host.Verbs;

/// <summary>Verbs about group rules.</summary>
internal static class RuleVerbs
{
    public static Verb List { get; } =
        new(
            "rules list",
            "SLUG",
            "Lists the group rules of a workspace",
            """
            One line each, in their order: the name, what it asks for, what it gives, for how many people. A rule that gives nothing
            says why. The last line tells how far the last change is worked through.

              usermanagement rules list acme
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

                var list = (await core.Act<ListRules>().RunAsync(Actor.Operator, workspace.Id, ct)).Value;
                var highest = list.Workspace.Configuration.Rules?.Mode == RuleMode.HighestRank;
                await call.Out.WriteLineAsync(highest ? "The highest rank of all that match counts." : "The first that matches counts.");
                foreach (var (rule, broken) in list.Rules.Rules)
                {
                    await call.Out.WriteLineAsync(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{rule.Place + 1, 3} {rule.Name.PadRight(24)} {RuleWords.Condition(rule, list.Rules.Groups).PadRight(32)} {Gives(list, rule).PadRight(24)} {list.Gives.GetValueOrDefault(rule.Id)}"
                        )
                    );
                    if (broken is not null)
                    {
                        await call.Out.WriteLineAsync($"    gives nothing: {broken}");
                    }
                }

                if (list.Run is { } run)
                {
                    await call.Out.WriteLineAsync(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{(run.DoneAt is null ? "under way" : "done")}: {run.Seen} of {run.Total} looked at, {run.Changed} changed, {run.LeftOut} without room"
                        )
                    );
                }

                return Exit.Done;
            }
        );

    private static string Gives(RuleList list, GroupRule rule)
    {
        IEnumerable<string?> given =
        [
            rule.Role,
            rule.License,
            .. rule.Fills.Select(g => list.Rules.Groups.TryGetValue(g, out var group) ? "group " + group.DisplayName : "group ?"),
        ];
        return string.Join(", ", given.Where(g => g is not null));
    }
}
