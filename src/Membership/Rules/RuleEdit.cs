using UserManagement.Membership.Access;
using UserManagement.Membership.Roles;

namespace UserManagement.Membership.Rules;

/// <summary>
/// One change of the rules of a workspace, to be saved by its act or looked at beforehand (<see cref="PreviewRules"/>): both go by what it
/// makes of the list.
/// </summary>
public abstract record RuleEdit
{
    private RuleEdit() { }

    /// <summary>The rules after it, places not yet counted anew; the rules that differ are other records.</summary>
    internal abstract Task<Outcome<IReadOnlyList<GroupRule>>> ApplyAsync(
        RuleDesk desk,
        IReadOnlyList<GroupRule> rules,
        CancellationToken ct
    );

    /// <summary>One more, behind the others.</summary>
    /// <param name="Draft">What it says.</param>
    public sealed record Create(RuleDraft Draft) : RuleEdit
    {
        internal override async Task<Outcome<IReadOnlyList<GroupRule>>> ApplyAsync(
            RuleDesk desk,
            IReadOnlyList<GroupRule> rules,
            CancellationToken ct
        )
        {
            if (rules.Count >= RuleSet.Most)
            {
                return new Refusal(RefusalKind.Conflict, "tooManyRules", $"There can be at most {RuleSet.Most} rules. Delete one first.");
            }

            return (await desk.SaidAsync(rules, null, Draft, ct)).Is(out var rule, out var refusal)
                ? (Outcome<IReadOnlyList<GroupRule>>)(GroupRule[])[.. rules, rule]
                : refusal;
        }
    }

    /// <summary>One says something else.</summary>
    /// <param name="Id">Which.</param>
    /// <param name="Seen">Its version as it was seen; null for any.</param>
    /// <param name="Draft">What it says.</param>
    public sealed record Change(Id<GroupRule> Id, long? Seen, RuleDraft Draft) : RuleEdit
    {
        internal override async Task<Outcome<IReadOnlyList<GroupRule>>> ApplyAsync(
            RuleDesk desk,
            IReadOnlyList<GroupRule> rules,
            CancellationToken ct
        )
        {
            if (!desk.Found(rules, Id, Seen).Is(out var rule, out var refusal))
            {
                return refusal;
            }

            return (await desk.SaidAsync(rules, rule, Draft, ct)).Is(out var said, out refusal)
                ? (Outcome<IReadOnlyList<GroupRule>>)(GroupRule[])[.. rules.Select(r => r.Id == Id ? said : r)]
                : refusal;
        }
    }

    /// <summary>One goes to another place.</summary>
    /// <param name="Id">Which.</param>
    /// <param name="Place">Its new place, from 0; one behind the last is the last.</param>
    public sealed record Move(Id<GroupRule> Id, int Place) : RuleEdit
    {
        internal override Task<Outcome<IReadOnlyList<GroupRule>>> ApplyAsync(
            RuleDesk desk,
            IReadOnlyList<GroupRule> rules,
            CancellationToken ct
        )
        {
            if (!desk.Found(rules, Id, null).Is(out var rule, out var refusal))
            {
                return Task.FromResult<Outcome<IReadOnlyList<GroupRule>>>(refusal);
            }

            var moved = rules.Where(r => r.Id != Id).ToList();
            moved.Insert(Math.Clamp(Place, 0, moved.Count), rule);
            return Task.FromResult<Outcome<IReadOnlyList<GroupRule>>>(moved);
        }
    }

    /// <summary>One goes.</summary>
    /// <param name="Id">Which.</param>
    /// <param name="Seen">Its version as it was seen; null for any.</param>
    public sealed record Delete(Id<GroupRule> Id, long? Seen) : RuleEdit
    {
        internal override Task<Outcome<IReadOnlyList<GroupRule>>> ApplyAsync(
            RuleDesk desk,
            IReadOnlyList<GroupRule> rules,
            CancellationToken ct
        ) =>
            Task.FromResult(
                desk.Found(rules, Id, Seen).Is(out _, out var refusal)
                    ? (Outcome<IReadOnlyList<GroupRule>>)rules.Where(r => r.Id != Id).ToList()
                    : refusal
            );
    }
}
