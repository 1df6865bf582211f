using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>Which names are to become what.</summary>
/// <param name="SetsGiven">Whether the first name changes; it stays as it is otherwise.</param>
/// <param name="GivenName">First name; null or empty for none.</param>
/// <param name="SetsFamily">Whether the last name changes.</param>
/// <param name="FamilyName">Last name; null or empty for none.</param>
public sealed record NameChange(bool SetsGiven, string? GivenName, bool SetsFamily, string? FamilyName);

/// <summary>
/// An admin corrects a member's first and last name. The user name and the address are not editable. Refusals:
/// <c>notFound</c>, <c>forbidden</c>, <c>directoryManaged</c>, <c>stale</c>, an invalid name.
/// </summary>
public sealed class RenameMember(Store store)
{
    /// <summary>Changes the names.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">Whose names.</param>
    /// <param name="givenName">First name; null or empty for none.</param>
    /// <param name="familyName">Last name; null or empty for none.</param>
    /// <param name="seen">The version on which the edit is based; null for any.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<Member>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Member> id,
        string? givenName,
        string? familyName,
        long? seen,
        CancellationToken ct
    ) => RunAsync(actor, workspaceId, id, new(true, givenName, true, familyName), seen, ct);

    /// <summary>Changes some of the names; what is not named stays as it is when this is written.</summary>
    public Task<Outcome<Member>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Member> id,
        NameChange change,
        long? seen,
        CancellationToken ct
    ) =>
        MemberAct.RunAsync(
            store,
            actor,
            workspaceId,
            id,
            "member.edited",
            seen,
            null,
            (_, _, file) =>
                Named(
                    file,
                    change.SetsGiven ? change.GivenName : file.Member.GivenName,
                    change.SetsFamily ? change.FamilyName : file.Member.FamilyName
                ),
            null,
            ct
        );

    /// <summary>The member with new names; a directory's people are named by the directory.</summary>
    internal static Outcome<MemberWithGrants> Named(MemberWithGrants file, string? givenName, string? familyName)
    {
        (givenName, familyName) = (Key.Shown(givenName), Key.Shown(familyName));
        var member = file.Member;
        if ((Key.Check("givenName", givenName, required: false) ?? Key.Check("familyName", familyName, required: false)) is { } wrong)
        {
            return wrong;
        }

        if (givenName == member.GivenName && familyName == member.FamilyName)
        {
            return file;
        }

        return member.IsDirectoryManaged
            ? new Refusal(RefusalKind.Conflict, "directoryManaged", "This person's name comes from your directory. Change it there.")
            : file with
            {
                Member = member with { GivenName = givenName, FamilyName = familyName, DisplayName = null },
            };
    }
}
