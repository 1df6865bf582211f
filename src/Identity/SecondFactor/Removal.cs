namespace UserManagement.Identity.SecondFactor;

/// <summary>What a person is about to lose.</summary>
public enum Removal
{
    /// <summary>The authenticator app.</summary>
    Totp,

    /// <summary>The recovery codes, for new ones.</summary>
    Codes,
}
