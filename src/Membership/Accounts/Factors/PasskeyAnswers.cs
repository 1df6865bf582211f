using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts.Factors;

/// <summary>A challenge that a browser was given: used up by whoever answers it first.</summary>
/// <param name="Hash">SHA-256 of the challenge.</param>
/// <param name="ExpiresAt">Until when it may be answered.</param>
public sealed record PasskeyChallenge(byte[] Hash, DateTimeOffset ExpiresAt);

/// <summary>
/// What a browser answered with a passkey, after every check that needs no stored key (Web Authentication Level 3
/// section 7.2: type, challenge, origin, relying party, presence and verification of the person).
/// </summary>
public sealed record PasskeyAnswer
{
    /// <summary>The passkey's id at the authenticator.</summary>
    public required byte[] CredentialId { get; init; }

    /// <summary>The account that the authenticator names, as 16 bytes; null when it names none.</summary>
    public byte[]? UserHandle { get; init; }

    /// <summary>What was signed: the authenticator's data, then the hash of the client's.</summary>
    public required byte[] SignedData { get; init; }

    /// <summary>The signature.</summary>
    public required byte[] Signature { get; init; }

    /// <summary>The authenticator's counter; 0 where it counts nothing.</summary>
    public required long SignCount { get; init; }

    /// <summary>Whether the passkey is kept in several places.</summary>
    public required bool BackedUp { get; init; }

    /// <summary>What it answers.</summary>
    public required PasskeyChallenge Challenge { get; init; }
}

/// <summary>
/// A passkey that a browser just made, after the checks of Web Authentication Level 3 section 7.1; its maker is not attested.
/// </summary>
public sealed record NewPasskey
{
    /// <summary>The passkey's id at the authenticator.</summary>
    public required byte[] CredentialId { get; init; }

    /// <summary>The public key as SubjectPublicKeyInfo.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>-7 for ES256, -257 for RS256.</summary>
    public required int Algorithm { get; init; }

    /// <summary>The authenticator's counter; 0 where it counts nothing.</summary>
    public required long SignCount { get; init; }

    /// <summary>Whether it is kept in several places.</summary>
    public required bool BackedUp { get; init; }

    /// <summary>What it answers.</summary>
    public required PasskeyChallenge Challenge { get; init; }
}

/// <summary>What a passkey's answer stands beside.</summary>
internal enum PasskeyBeside
{
    /// <summary>Nothing: it signs in by itself.</summary>
    Nothing,

    /// <summary>The password, by which the session was signed in.</summary>
    Password,

    /// <summary>Another sign-in.</summary>
    Session,
}

/// <summary>
/// How a passkey's answer is weighed and used up within an act: the challenge once, a key that is here, the right account,
/// a good signature, a counter that went on. Refusals: <c>passkeyUsed</c>, <c>passkeyUnknown</c>, <c>passkeyWrong</c>,
/// <c>passkeyCopied</c> (Forbidden), each a sentence, never an exception.
/// </summary>
public static class PasskeyAnswers
{
    /// <summary>Uses an answer up: the challenge is spent also where the answer is refused.</summary>
    /// <param name="attempt">The act.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="account">Whose passkey it must be; null for anybody's.</param>
    /// <param name="beside">What it stands beside.</param>
    /// <param name="ct">Stops the reads.</param>
    internal static async Task<Outcome<Passkey>> UseAsync(
        Attempt attempt,
        PasskeyAnswer answer,
        Id<Account>? account,
        PasskeyBeside beside,
        CancellationToken ct
    )
    {
        if (await SpendAsync(attempt, answer.Challenge, ct) is { } spent)
        {
            return spent;
        }

        return (await WeighAsync(attempt, answer, account, beside, ct)).Is(out var passkey, out var refusal)
            ? passkey
            : refusal.ButWritten();
    }

    /// <summary>The same where it proves who somebody is: by what it did.</summary>
    internal static async Task<Outcome<string>> ProveAsync(
        Attempt attempt,
        PasskeyAnswer answer,
        Id<Account> account,
        PasskeyBeside beside,
        CancellationToken ct
    ) => (await UseAsync(attempt, answer, account, beside, ct)).Refusal is { } refusal ? refusal : SignInWithPasskey.By;

    private static async Task<Outcome<Passkey>> WeighAsync(
        Attempt attempt,
        PasskeyAnswer answer,
        Id<Account>? account,
        PasskeyBeside beside,
        CancellationToken ct
    )
    {
        var id = answer.CredentialId;
        var passkey = await attempt.Db.Passkeys.AsNoTracking().FirstOrDefaultAsync(p => p.CredentialId == id, ct);
        if (
            passkey is null
            || (account is { } wanted && passkey.AccountId != wanted)
            || (answer.UserHandle is { } handle && !handle.AsSpan().SequenceEqual(HandleOf(passkey.AccountId)))
        )
        {
            return Unknown();
        }

        if (!IsSigned(passkey, answer))
        {
            return Wrong();
        }

        if ((passkey.SignCount > 0 || answer.SignCount > 0) && answer.SignCount <= passkey.SignCount)
        {
            attempt.Changes.TellFacts(
                "passkey.copied",
                default,
                ("account", passkey.AccountId.Value, passkey.Name),
                new { passkey.SignCount },
                new { answer.SignCount }
            );
            return new Refusal(
                RefusalKind.Forbidden,
                "passkeyCopied",
                "This passkey's counter went back, as if there were a copy of it. Remove it and make a new one."
            );
        }

        if (passkey.SecondOnly && beside == PasskeyBeside.Nothing)
        {
            return new Refusal(
                RefusalKind.Forbidden,
                "passkeySecondOnly",
                "The password of this account was reset by mail. Sign in with the new password first; this passkey is asked "
                    + "for after it, and signs you in by itself again from then on."
            );
        }

        attempt.Changes.Update(
            passkey,
            passkey with
            {
                SecondOnly = passkey.SecondOnly && beside != PasskeyBeside.Password,
                SignCount = answer.SignCount,
                BackedUp = answer.BackedUp,
                LastUsedAt = attempt.At,
                Version = passkey.Version + 1,
            }
        );
        return passkey;
    }

    /// <summary>Uses a challenge up, or says that it is used or over.</summary>
    internal static async Task<Refusal?> SpendAsync(Attempt attempt, PasskeyChallenge challenge, CancellationToken ct)
    {
        var hash = challenge.Hash;
        if (attempt.At >= challenge.ExpiresAt || await attempt.Db.SpentStates.AnyAsync(s => s.StateHash == hash, ct))
        {
            return Used();
        }

        attempt.Changes.Add(new SpentState { StateHash = hash, ExpiresAt = challenge.ExpiresAt });
        return null;
    }

    /// <summary>The account as authenticators know it (user handle): its id, which tells nothing.</summary>
    public static byte[] HandleOf(Id<Account> account) => account.Value.ToByteArray(bigEndian: true);

    /// <summary>The answer was used before, or came too late.</summary>
    public static Refusal Used() => new(RefusalKind.Forbidden, "passkeyUsed", "This took too long, or was answered already. Try again.");

    /// <summary>The answer does not hold.</summary>
    public static Refusal Wrong() =>
        new(RefusalKind.Forbidden, "passkeyWrong", "The passkey could not be verified. Try again, or use another way.");

    private static Refusal Unknown() =>
        new(
            RefusalKind.Forbidden,
            "passkeyUnknown",
            "This passkey is not known here. It may have been removed, or belong to another account."
        );

    private static bool IsSigned(Passkey passkey, PasskeyAnswer answer)
    {
        try
        {
            if (passkey.Algorithm == -7)
            {
                using var ec = ECDsa.Create();
                ec.ImportSubjectPublicKeyInfo(passkey.PublicKey, out _);
                return ec.VerifyData(answer.SignedData, answer.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            }

            using var rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(passkey.PublicKey, out _);
            return rsa.VerifyData(answer.SignedData, answer.Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
