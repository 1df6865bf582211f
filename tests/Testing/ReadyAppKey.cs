using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;

namespace UserManagement.Testing;

/// <summary>
/// A key of the OpenID Provider that all tests of a process share: making one takes longer than most tests do. A server that finds it
/// makes none of its own.
/// </summary>
internal static class ReadyAppKey
{
    private static readonly Lazy<byte[]> Clear = new(() =>
    {
        using var rsa = RSA.Create(2048);
        return [.. rsa.ExportPkcs8PrivateKey(), .. RandomNumberGenerator.GetBytes(32)];
    });

    /// <summary>Puts it where none is; into a database that takes no write now nothing, for that may be what a test is about.</summary>
    public static async Task PutAsync(Store store)
    {
        try
        {
            await ChangeAsync(store);
        }
        catch (DbException)
        {
            // the server sees to it itself
        }
    }

    private static Task<Membership.Outcome<Nothing>> ChangeAsync(Store store) =>
        store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "appKey.rotated",
            async attempt =>
            {
                if (!await attempt.Db.AppKeys.AnyAsync())
                {
                    attempt.Changes.AddIfMissing(
                        new AppKey
                        {
                            Number = 1,
                            KeyId = Guid.CreateVersion7(attempt.At).ToString("N"),
                            Sealed = attempt.Box.Seal(ReadAppKeys.Purpose, Clear.Value),
                            CreatedAt = attempt.At,
                            SignsFrom = attempt.At,
                        }
                    );
                }

                return default(Nothing);
            },
            default
        );
}
