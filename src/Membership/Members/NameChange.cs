namespace UserManagement.Membership.Members;

/// <summary>Which names are to become what.</summary>
/// <param name="SetsGiven">Whether the first name changes; it stays as it is otherwise.</param>
/// <param name="GivenName">First name; null or empty for none.</param>
/// <param name="SetsFamily">Whether the last name changes.</param>
/// <param name="FamilyName">Last name; null or empty for none.</param>
public sealed record NameChange(bool SetsGiven, string? GivenName, bool SetsFamily, string? FamilyName);

/// <summary>
/// What may be done to a member's first and last name. The user name and the address are not editable. Refusals: <c>directoryManaged</c>,
/// an invalid name.
/// </summary>
internal static class MemberNames
{
    /// <summary>The member with some new names.</summary>
    public static Outcome<MemberWithGrants> Named(MemberWithGrants file, NameChange change) =>
        Named(
            file,
            change.SetsGiven ? change.GivenName : file.Member.GivenName,
            change.SetsFamily ? change.FamilyName : file.Member.FamilyName
        );

    /// <summary>The member with new names; a directory's people are named by the directory.</summary>
    public static Outcome<MemberWithGrants> Named(MemberWithGrants file, string? givenName, string? familyName)
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
