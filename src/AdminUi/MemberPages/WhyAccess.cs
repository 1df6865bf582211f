using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui;
using UserManagement.Ui.Parts;

namespace UserManagement.AdminUi.MemberPages;

/// <summary>One box of the picture: how access comes about.</summary>
/// <param name="Word">What kind of thing it is.</param>
/// <param name="Text">The thing.</param>
/// <param name="Icon">Picture.</param>
/// <param name="Tone">Colour.</param>
public sealed record WhyStep(string Word, string Text, IconName Icon, Tone Tone);

/// <summary>One sentence about it.</summary>
/// <param name="Icon">Picture.</param>
/// <param name="Text">Plain text.</param>
/// <param name="At">Since when; null for always.</param>
/// <param name="Counts">False for a grant that another outweighs.</param>
public sealed record WhySentence(IconName Icon, string Text, DateTimeOffset? At = null, bool Counts = true);

/// <summary>
/// Answers "Why does this person have access?" from the rows: the grants with their origins, what the directory says,
/// what an admin says. Decides nothing; which grant counts is the core's word.
/// </summary>
public sealed class WhyAccess(WorkspaceConfiguration configuration, MemberView view, DateTimeOffset now)
{
    private readonly Member _member = view.Member;
    private readonly Grant? _role = Grants.ForRole(configuration, view.Grants);
    private readonly Grant? _license = Grants.ForLicense(configuration, view.Grants);

    /// <summary>The chain: origin, role, seat, access.</summary>
    public IReadOnlyList<WhyStep> Chain
    {
        get
        {
            List<WhyStep> steps = [Origin(), new("Role", RoleChoices.Label(configuration, _member.Role), IconName.Shield, Tone.Accent)];
            if (configuration.Roles.Any(r => r.NeedsSeat))
            {
                steps.Add(
                    _member.HasSeat ? new("Seat", "Holds a seat", IconName.Seat, Tone.Success)
                    : view.SeatPlace is { } place ? new("Seat", "Waits: " + SeatWords.Place(place.Number), IconName.Clock, Tone.Warning)
                    : _role?.Wanted is not null
                        ? new(
                            "Seat",
                            configuration.AutoAssigns(_member.IsDirectoryManaged) ? "None was free" : "Not given yet",
                            IconName.Seat,
                            Tone.Warning
                        )
                    : configuration.Role(_member.Role) is { NeedsSeat: true } ? new("Seat", "None while out", IconName.Seat, Tone.Neutral)
                    : new("Seat", "Needs none", IconName.Seat, Tone.Neutral)
                );
            }

            steps.Add(
                _member.State switch
                {
                    MemberState.Active => new("Access", "Has access", IconName.Check, Tone.Success),
                    MemberState.Invited => new("Access", "Not yet: invited", IconName.Clock, Tone.Info),
                    MemberState.Provisioned => new("Access", "Not activated", IconName.Clock, Tone.Neutral),
                    MemberState.Suspended => new("Access", "None: suspended", IconName.Ban, Tone.Warning),
                    MemberState.Removed or MemberState.Ended => new("Access", "None: removed", IconName.Ban, Tone.Danger),
                    _ => new("Access", "None", IconName.Ban, Tone.Warning),
                }
            );
            return steps;
        }
    }

    /// <summary>The reasons in sentences: the switches first, then every grant.</summary>
    public IEnumerable<WhySentence> Sentences
    {
        get
        {
            if (_member.DirectoryActive is { } directory)
            {
                yield return new(
                    IconName.Directory,
                    directory ? "Your directory says that this person is active."
                        : _member.HeldAs == HeldAs.Deletion ? "Your directory deleted this person."
                        : "Your directory says that this person is inactive."
                );
            }

            if (_member is { HeldAs: not null, HeldSince: { } since })
            {
                yield return new(
                    IconName.Clock,
                    _member.AwaitsDecision ? "That is held until an admin decides." : "An admin decided that this is not carried out.",
                    since
                );
            }

            if (_member.HeldRole is { } byRules)
            {
                yield return new(
                    IconName.Clock,
                    byRules == _member.Role
                        ? "What rules would change of license or groups waits with it."
                        : $"By rules they would be {RoleChoices.Label(configuration, byRules)}: that waits with it."
                );
            }

            if (_member.LocalBlock != LocalBlock.None)
            {
                yield return new(
                    IconName.Ban,
                    _member.LocalBlock == LocalBlock.Suspended
                        ? "An admin suspended this person. That holds whatever the directory says."
                        : "An admin removed this person. That holds whatever the directory says."
                );
            }

            if (view.SeatPlace is { } place)
            {
                yield return new(
                    IconName.Clock,
                    $"Waits for a seat, {SeatWords.Place(place.Number)}, to be {RoleChoices.Label(configuration, place.Wanted)}"
                        + (place.IsInTurn ? ": it comes by itself when it is their turn." : ": an admin gives it."),
                    place.Since
                );
            }

            if (view.Invitation is { } invitation)
            {
                yield return invitation.StatusAt(now) == InvitationStatus.Expired
                    ? new(IconName.Mail, $"The invitation by {invitation.InvitedBy} has expired.", invitation.ExpiresAt)
                    : new(IconName.Mail, $"Invited by {invitation.InvitedBy}; the invitation is open.", invitation.CreatedAt);
            }

            foreach (var grant in view.Grants.Where(g => g.Kind.IsKnown()))
            {
                yield return Sentence(grant);
            }
        }
    }

    private WhyStep Origin() =>
        _role?.Origin switch
        {
            GrantOrigin.Admin => new("Comes from", "An admin", IconName.Person, Tone.Accent),
            GrantOrigin.Group => new("Comes from", "A group rule", IconName.Group, Tone.Info),
            GrantOrigin.Invitation => new("Comes from", "An invitation", IconName.Mail, Tone.Info),
            GrantOrigin.Directory => new("Comes from", "Your directory", IconName.Directory, Tone.Info),
            GrantOrigin.Join => new("Comes from", "The rule for newcomers", IconName.Settings, Tone.Neutral),
            { } origin when !origin.IsKnown() => new("Comes from", "A rule of a later version", IconName.Settings, Tone.Neutral),
            _ => _member.IsDirectoryManaged ? new("Comes from", "Your directory", IconName.Directory, Tone.Info)
            : view.Invitation is not null ? new("Comes from", "An invitation", IconName.Mail, Tone.Info)
            : new("Comes from", "The rule for newcomers", IconName.Settings, Tone.Neutral),
        };

    private WhySentence Sentence(Grant grant)
    {
        var isRole = grant.Kind == GrantKind.Role;
        var counts = grant == (isRole ? _role : _license);
        var meant = grant.Wanted ?? grant.Value; // the origin named that, whatever room there was
        var what =
            isRole ? $"The role {RoleChoices.Label(configuration, meant)}"
            : meant.Length > 0 ? $"The license {License(meant)}"
            : "No license";
        var until =
            grant.Wanted is null ? ""
            : !isRole ? " None was free, so there is none until one is given."
            : (configuration.AutoAssigns(_member.IsDirectoryManaged) ? " No seat was free" : " Seats are given by hand here")
                + $", so it is {RoleChoices.Label(configuration, grant.Value)} until one is given.";
        return new(
            isRole ? IconName.Shield : IconName.Seat,
            $"{what} {From(grant)}.{until}{(counts ? "" : " Another one outweighs it.")}",
            grant.GivenAt,
            counts
        );
    }

    private string License(string key) => configuration.License(key)?.Label ?? key;

    private string From(Grant grant) =>
        grant.Origin switch
        {
            GrantOrigin.Admin => $"was given by {grant.GivenBy}",
            GrantOrigin.Group => $"is given {RuleWords.Because(view.Rules, grant)}",
            GrantOrigin.Invitation => $"was named in the invitation by {grant.GivenBy}",
            GrantOrigin.Directory => $"came with the directory ({grant.GivenBy})",
            GrantOrigin.Join => "comes from the rule for newcomers",
            _ => $"was given by {grant.GivenBy}",
        };
}
