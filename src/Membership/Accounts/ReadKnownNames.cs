using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// The names by which somebody is known in another workspace, to be offered to them, and to nobody else, where they have none yet.
/// </summary>
public sealed class ReadKnownNames(Store store)
{
    /// <summary>First and last name as they were last set anywhere; null each where there is none.</summary>
    public async Task<(string? GivenName, string? FamilyName)> RunAsync(SignedIn who, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(who);
        await using var db = store.Read();
        var known = await (await AccountMembers.OfAsync(db, who.Account.Id, ct))
            .Where(m => m.State == MemberState.Active && (m.GivenName != null || m.FamilyName != null))
            .OrderByDescending(m => m.ModifiedAt)
            .Select(m => new { m.GivenName, m.FamilyName })
            .FirstOrDefaultAsync(ct);
        return (known?.GivenName, known?.FamilyName);
    }
}
