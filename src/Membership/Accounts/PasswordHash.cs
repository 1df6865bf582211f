using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// Passwords at rest: PBKDF2-HMAC-SHA512 (RFC 8018 section 5.2) in a text that says how it was made:
/// <c>pbkdf2-sha512$iterations$salt$hash</c>, both in URL-safe Base64. Hashing takes turns, so that many guesses at
/// once cost the guessers time and not the whole server.
/// </summary>
public static class PasswordHash
{
    private const string Scheme = "pbkdf2-sha512";
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private const int MostIterations = 10_000_000;
    private static readonly SemaphoreSlim Turns = new(Math.Max(2, Environment.ProcessorCount));
    private static readonly byte[] NobodysSalt = RandomNumberGenerator.GetBytes(SaltBytes);

    /// <summary>Hashes a password that <see cref="PasswordRules.Check"/> let pass, with a salt of its own.</summary>
    public static async Task<string> MakeAsync(PasswordRules rules, string password, CancellationToken ct)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var hash = await DeriveAsync(PasswordRules.Bytes(password), salt, rules.Iterations, ct);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Scheme}${rules.Iterations}${Base64Url.EncodeToString(salt)}${Base64Url.EncodeToString(hash)}"
        );
    }

    /// <summary>
    /// Whether this is the password behind the hash, in a time that tells neither how much of it is right nor whether
    /// there is a hash at all: without one the same work is done for nobody.
    /// </summary>
    /// <param name="rules">The installation's rules.</param>
    /// <param name="password">As typed; may be of any length.</param>
    /// <param name="hash">The stored text; null when there is no account, or it has no password.</param>
    /// <param name="ct">Stops the wait for a turn.</param>
    public static async Task<bool> IsRightAsync(PasswordRules rules, string password, string? hash, CancellationToken ct)
    {
        var possible = rules.CanBe(password);
        var read = Read(hash);
        var (iterations, salt, expected) = read ?? (rules.Iterations, NobodysSalt, new byte[HashBytes]);
        var given = await DeriveAsync(possible ? PasswordRules.Bytes(password) : [], salt, iterations, ct);
        return CryptographicOperations.FixedTimeEquals(given, expected) && possible && read is not null;
    }

    /// <summary>Whether the hash was made with less work than the rules ask for now, or in a form of old.</summary>
    public static bool IsStale(PasswordRules rules, string hash) => Read(hash) is not { } read || read.Iterations < rules.Iterations;

    private static async Task<byte[]> DeriveAsync(byte[] password, byte[] salt, int iterations, CancellationToken ct)
    {
        await Turns.WaitAsync(ct);
        try
        {
            MembershipMeter.Hashed(iterations);
            return Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA512, HashBytes);
        }
        finally
        {
            Turns.Release();
        }
    }

    private static (int Iterations, byte[] Salt, byte[] Hash)? Read(string? text)
    {
        if (
            text?.Split('$') is not [Scheme, var count, var salt, var hash]
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            || iterations is < 1 or > MostIterations
            || !Base64Url.IsValid(salt)
            || !Base64Url.IsValid(hash)
        )
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(hash);
        return bytes.Length == HashBytes ? (iterations, Base64Url.DecodeFromChars(salt), bytes) : null;
    }
}
