using UserManagement.Membership;

namespace UserManagement.Identity;

/// <summary>
/// Carries a refusal through the OpenIdConnect handler, which knows exceptions alone; <see cref="RelyingParty"/> makes a
/// value of it again. Nobody else sees it.
/// </summary>
internal sealed class SignInRefusedException : Exception
{
    /// <summary>A check that did not hold.</summary>
    public SignInRefusedException(string check)
        : base(check) => Check = check;

    /// <summary>A refusal that is about the provider and not about its answer.</summary>
    public SignInRefusedException(Refusal refusal)
        : base(refusal.Code) => Refusal = refusal;

    /// <summary>The name of the check; null for a refusal.</summary>
    public string? Check { get; }

    /// <summary>The refusal; null for a check.</summary>
    public Refusal? Refusal { get; }
}
