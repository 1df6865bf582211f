namespace UserManagement.Membership.Workspaces;

/// <summary>What an effect is for those whom it meets.</summary>
public enum EffectKind
{
    /// <summary>Somebody loses something, or something ends.</summary>
    Loses,

    /// <summary>Somebody gets something.</summary>
    Gains,

    /// <summary>Something is otherwise from then on; nobody who is there gets or loses anything.</summary>
    Changes,

    /// <summary>What one might expect to change and does not.</summary>
    Stays,
}

/// <summary>One effect that a change would have, told before it is made.</summary>
/// <param name="Kind">What it is for those whom it meets.</param>
/// <param name="Code">Stable, in lower camel case, for programs: <c>seatsLost</c>, <c>permissionsLost</c>.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Count">How many people, invitations or links it meets; 0 where it is no number.</param>
public sealed record ConfigurationEffect(EffectKind Kind, string Code, string Message, long Count = 0);

/// <summary>What a change of the configuration would do.</summary>
/// <param name="Effects">In the order in which they matter: losses first.</param>
/// <param name="Refusal">Why the change would be refused; null where it would be made.</param>
/// <param name="Version">The version of the workspace that was looked at: a change that names it is what was previewed, or is refused.</param>
public sealed record ConfigurationPreview(IReadOnlyList<ConfigurationEffect> Effects, Refusal? Refusal, long Version);
