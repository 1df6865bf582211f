namespace UserManagement.Ui.Parts;

/// <summary>One choice of a <see cref="SelectInput"/> or <see cref="RadioField"/>.</summary>
/// <param name="Value">What the form sends.</param>
/// <param name="Text">What the person reads.</param>
/// <param name="Hint">A second line, shown by radios only; null for none.</param>
/// <param name="Disabled">True when it cannot be chosen.</param>
public sealed record Choice(string Value, string Text, string? Hint = null, bool Disabled = false);
