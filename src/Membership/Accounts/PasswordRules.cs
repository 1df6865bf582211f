using System.Text;

namespace UserManagement.Membership.Accounts;

/// <summary>What a password must be and how dear it is to guess. One for the installation; tests take fewer iterations.</summary>
public sealed record PasswordRules
{
    /// <summary>Iterations of PBKDF2-HMAC-SHA512. A hash made with fewer is made anew at the next sign-in.</summary>
    public int Iterations { get; init; } = 210_000;

    /// <summary>The fewest characters.</summary>
    public int MinLength { get; init; } = 8;

    /// <summary>The most characters; checked before anything is computed, so that size costs the server nothing.</summary>
    public int MaxLength { get; init; } = 256;

    /// <summary>
    /// Whether a new password may be taken: length, text that every keyboard's input method gives alike, not among the
    /// most used ones, not the login name itself (NIST SP 800-63B section 3.1.1.2).
    /// </summary>
    /// <param name="password">The password as typed.</param>
    /// <param name="login">The name that it will stand beside.</param>
    /// <returns>Null when it may.</returns>
    public Refusal? Check(string? password, string login)
    {
        if (password is null || password.Length < MinLength)
        {
            return Refusal.Invalid("password", $"The password needs at least {MinLength} characters.");
        }

        if (password.Length > MaxLength)
        {
            return Refusal.Invalid("password", $"The password may have at most {MaxLength} characters.");
        }

        if (!Key.IsText(password))
        {
            return Refusal.Invalid("password", "The password holds a character that cannot be typed everywhere.");
        }

        var key = Key.Of(password);
        var loginKey = Key.Of(login);
        var at = loginKey.IndexOf('@', StringComparison.Ordinal);
        if (key == loginKey || (at > 0 && key == loginKey[..at]))
        {
            return Refusal.Invalid("password", "The password must differ from the sign-in name.");
        }

        return CommonPasswords.Holds(key)
            ? Refusal.Invalid("password", "This password is one of the most used ones and would be guessed at once. Choose another.")
            : null;
    }

    /// <summary>Whether a typed password can be anybody's: the cheap check before the dear one.</summary>
    internal bool CanBe(string password) => password.Length <= MaxLength && Key.IsText(password);

    /// <summary>The bytes that are hashed: compatibility forms folded (NFKC), so that every keyboard gives the same.</summary>
    internal static byte[] Bytes(string password) => Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormKC));
}
