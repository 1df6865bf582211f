namespace UserManagement.Membership.Members;

/// <summary>Somebody who was here in one row and goes on in another, which a directory made for them.</summary>
/// <param name="Gone">The row that ends, with its grants.</param>
/// <param name="Standing">What they have in it (account, state, role, seat, grants), as the file of the row in which they go on.</param>
internal sealed record GoesOn(MemberWithGrants Gone, MemberWithGrants Standing);
