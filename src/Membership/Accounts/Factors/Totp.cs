using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace UserManagement.Membership.Accounts.Factors;

/// <summary>
/// Time-based one-time codes (RFC 6238) as every authenticator app makes them: SHA-1, 6 digits, steps of 30 seconds;
/// one step before and after is taken for clocks that differ.
/// </summary>
public static class Totp
{
    /// <summary>Bytes of a key: as many as the hash has (RFC 4226 section 4).</summary>
    public const int KeyBytes = 20;

    /// <summary>Digits of a code.</summary>
    public const int Digits = 6;

    private const int StepSeconds = 30;
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The step that a time lies in.</summary>
    public static long StepAt(DateTimeOffset at) => at.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of a step.</summary>
    public static string Code(ReadOnlySpan<byte> key, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HMACSHA1.HashData(key, counter, hash);
        var number = BinaryPrimitives.ReadUInt32BigEndian(hash[(hash[^1] & 15)..]) & 0x7fffffff;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>The newest of the steps around a time whose code this is; null when it is none of theirs.</summary>
    public static long? Match(ReadOnlySpan<byte> key, string code, DateTimeOffset at)
    {
        long? found = null;
        for (var step = StepAt(at) - 1; step <= StepAt(at) + 1; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Code(key, step)), Encoding.UTF8.GetBytes(code)))
            {
                found = step;
            }
        }

        return found;
    }

    /// <summary>The key as people type it (RFC 4648 section 6, without padding).</summary>
    public static string Text(ReadOnlySpan<byte> key)
    {
        var text = new StringBuilder();
        var (bits, held) = (0, 0);
        foreach (var b in key)
        {
            (bits, held) = ((bits << 8) | b, held + 8);
            for (; held >= 5; held -= 5)
            {
                text.Append(Base32[(bits >> (held - 5)) & 31]);
            }

            bits &= (1 << held) - 1;
        }

        return held == 0 ? text.ToString() : text.Append(Base32[(bits << (5 - held)) & 31]).ToString();
    }

    /// <summary>The address that an authenticator app reads from the picture.</summary>
    /// <param name="key">The key.</param>
    /// <param name="issuer">The server's name in the app's list.</param>
    /// <param name="account">The person's name there.</param>
    public static string Address(ReadOnlySpan<byte> key, string issuer, string account) =>
        $"otpauth://totp/{Uri.EscapeDataString(issuer)}:{Uri.EscapeDataString(account)}?secret={Text(key)}&issuer={Uri.EscapeDataString(issuer)}&algorithm=SHA1&digits={Digits}&period={StepSeconds}";
}
