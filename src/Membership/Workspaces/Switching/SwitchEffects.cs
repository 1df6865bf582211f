using UserManagement.Membership.Licensing;
using UserManagement.Membership.Roles;

namespace UserManagement.Membership.Workspaces.Switching;

/// <summary>The words for what a switch does.</summary>
internal sealed class SwitchEffects(
    SwitchPlan plan,
    Counts counts,
    IReadOnlyList<RoleMove> roles,
    IReadOnlyList<LicenseMove> licenses,
    long needed,
    long lacking,
    int links
)
{
    private readonly WorkspaceConfiguration _now = plan.Workspace.Configuration;
    private readonly WorkspaceConfiguration _wanted = plan.Wanted;
    private readonly List<ConfigurationEffect> _effects = [];

    public IReadOnlyList<ConfigurationEffect> All()
    {
        roles.Where(r => r.People > 0).ToList().ForEach(Role);
        SeatsAndLicenses();
        if (roles.Sum(r => r.Invitations) is > 0 and var open)
        {
            Add(
                EffectKind.Changes,
                "invitationsMapped",
                $"{Number(open)} open {(open == 1 ? "invitation stays valid and names" : "invitations stay valid and name")} the new role.",
                open
            );
        }

        if (links > 0)
        {
            Add(
                EffectKind.Loses,
                "linksEnd",
                $"{Number(links)} invite {(links == 1 ? "link ends" : "links end")}: whoever holds one can no longer join by it. New ones can be made.",
                links
            );
        }

        Add(
            EffectKind.Changes,
            "words",
            $"Pages and mails say {_wanted.Terms.Tenant}, {_wanted.Terms.Person} and {_wanted.Terms.People}, and are laid out as the preset says."
        );
        Add(
            EffectKind.Stays,
            "stays",
            "How people sign in, the directory and its tokens, groups, apps, limits, the audit log and what everybody is called stay as they are."
        );
        foreach (var rule in (_wanted.FeatureRules ?? []).Except(_now.FeatureRules ?? []))
        {
            Add(
                EffectKind.Loses,
                "featureNeeded",
                $"{rule.Permission} asks for a license with {rule.Feature} from then on, whatever the role allows."
            );
        }

        foreach (var rule in (_now.FeatureRules ?? []).Except(_wanted.FeatureRules ?? []))
        {
            Add(EffectKind.Gains, "featureNotNeeded", $"{rule.Permission} asks for no license with {rule.Feature} any more.");
        }

        WayBack();
        return _effects;
    }

    private void Role(RoleMove move)
    {
        var (before, after) = (_now.PermissionsOf(move.From), _wanted.PermissionsOf(move.To));
        var (lost, gained) = (before.Except(after).ToList(), after.Except(before).ToList());
        var (from, to) = (_now.Role(move.From)!.Label, _wanted.Role(move.To)!.Label);
        var isOne = move.People == 1;
        var sentence =
            from == to
                ? $"{People(move.People)} {(isOne ? "stays" : "stay")} {to}"
                : $"{People(move.People)} who {(isOne ? "is" : "are")} {from} {(isOne ? "becomes" : "become")} {to}";
        var kind =
            lost.Count > 0 ? EffectKind.Loses
            : gained.Count > 0 ? EffectKind.Gains
            : EffectKind.Changes;
        Add(
            kind,
            "roleMapped",
            sentence
                + (lost.Count > 0 ? $", and may no longer: {ConfigurationEffects.Listed(lost)}" : "")
                + (
                    gained.Count > 0
                        ? $"{(lost.Count > 0 ? "; from then on they may" : ", and may")}: {ConfigurationEffects.Listed(gained)}"
                        : ""
                )
                + ".",
            move.People
        );
    }

    private void SeatsAndLicenses()
    {
        if (plan.Seated.Count > 0)
        {
            var seats = _wanted.Capacity.Seats;
            Add(
                lacking > 0 ? EffectKind.Loses : EffectKind.Changes,
                "seatsNeeded",
                $"{Number(needed)} {(needed == 1 ? "seat is" : "seats are")} needed, and {(seats is { } some ? $"there are {Number(some)}" : "there is no limit")}."
                    + (
                        lacking == 0 ? ""
                        : plan.Fallback is { } fallback
                            ? $" {People(lacking)} who came last {(lacking == 1 ? "gets" : "get")} none and {(lacking == 1 ? "is" : "are")} {fallback.Label} until one is free."
                        : ""
                    ),
                lacking
            );
        }
        else if (counts.Seats.Used > 0)
        {
            Add(EffectKind.Changes, "seatsGone", "Nobody needs a seat any more.", counts.Seats.Used);
        }

        foreach (var move in licenses.Where(l => l.People > 0))
        {
            var from = _now.License(move.From)!;
            var to = _wanted.License(move.To);
            var lost = from.Features.Except(to?.Features ?? []).ToList();
            Add(
                lost.Count > 0 ? EffectKind.Loses : EffectKind.Changes,
                "licenseMapped",
                $"{People(move.People)} with {from.Label} {(move.People == 1 ? "has" : "have")} {to?.Label ?? "no license"} then"
                    + (lost.Count > 0 ? $", without {ConfigurationEffects.Listed(lost)}" : "")
                    + ".",
                move.People
            );
        }

        var without = Math.Max(0, counts.Slots.Used - licenses.Where(l => l.To.Length > 0).Sum(l => l.People));
        if (_wanted.Join is { LicenseRequired: true, DefaultLicense: { } usual } && without > 0)
        {
            Add(
                EffectKind.Gains,
                "licenseGiven",
                $"{People(without)} without a license {(without == 1 ? "gets" : "get")} {_wanted.License(usual)!.Label}.",
                without
            );
        }
    }

    private void WayBack()
    {
        var merged = roles.Where(r => r.People > 0).GroupBy(r => r.To).Where(g => g.Count() > 1).ToList();
        Add(
            EffectKind.Stays,
            "wayBack",
            "There is no Undo. The way back is to choose the other preset here again."
                + (
                    merged.Count == 0
                        ? ""
                        : " Who had which role is then told by the list you save now: "
                            + string.Join(
                                "; ",
                                merged.Select(g =>
                                    $"{string.Join(" and ", g.Select(r => _now.Role(r.From)!.Label))} become {_wanted.Role(g.Key)!.Label} alike"
                                )
                            )
                            + "."
                )
        );
    }

    private string People(long count) => ConfigurationEffects.People(_now, count);

    private static string Number(long number) => ConfigurationEffects.Number(number);

    private void Add(EffectKind kind, string code, string message, long count = 0) => _effects.Add(new(kind, code, message, count));
}
