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
        var n = Random.Shared.Next(Spread);
        var login = string.Create(CultureInfo.InvariantCulture, $" decoy {n}");
        attempt.Changes.Execute(new("UPDATE local_credentials SET version = version + 1 WHERE login_key = @p0", [Value.Of("@p0", login)]));
        attempt.Changes.AddIfMissing(
            new LocalCredential
            {
                AccountId = Nobody(n),
                Login = login,
                LoginKey = login,
                Version = 1,
            }
        );
    }

    /// <summary>An act by itself: it reads what <see cref="SignInLocally"/> reads of an account that is here, and writes one.</summary>
    public static async Task RunAsync(Store store, CancellationToken ct) =>
        await store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "decoy",
            async attempt =>
            {
                await SignInLocally.CredentialAsync(attempt, Nobody(Random.Shared.Next(Spread)), ct);
                Write(attempt);
                return default(Nothing);
            },
            ct
        );

    private static Id<Account> Nobody(int n) =>
        new(Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"00000000-0000-0000-0000-{n:000000000000}")));
}
