using System.Globalization;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// Rows that belong to nobody and are written where a real account's row would be, so that a sign-in by a
/// name that is not here takes the same reads, the same write and the same time. Their login keys begin with a blank,
/// which no name's key does; they have no account and no password.
/// </summary>
internal static class Decoy
{
    private const int Spread = 16;

    /// <summary>Writes one within an act.</summary>
    public static void Write(Attempt attempt)
    {
        var n = Random.Shared.Next(Spread).ToString(CultureInfo.InvariantCulture);
        var login = " decoy " + n;
        attempt.Changes.Execute(new("UPDATE local_credentials SET version = version + 1 WHERE login_key = @p0", [Value.Of("@p0", login)]));
        attempt.Changes.AddIfMissing(new LocalCredential
        {
            AccountId = new(Guid.Parse("00000000-0000-0000-0000-" + n.PadLeft(12, '0'))),
            Login = login,
            LoginKey = login,
            Version = 1,
        });
    }

    /// <summary>Writes one by itself.</summary>
    public static async Task WriteAsync(Store store, CancellationToken ct) =>
        await store.ChangeAsync<Nothing>(Actor.System, null, "decoy", attempt =>
        {
            Write(attempt);
            return Task.FromResult<Outcome<Nothing>>(default(Nothing));
        }, ct);
}
