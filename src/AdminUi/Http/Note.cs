using UserManagement.Ui;

namespace UserManagement.AdminUi.Http;

/// <summary>A sentence that is carried over one redirect and shown once.</summary>
/// <param name="Tone">Its colour.</param>
/// <param name="Text">Plain text; encoded when shown.</param>
/// <param name="Undo">The act that takes it back; null for none.</param>
public sealed record Note(Tone Tone, string Text, Undo? Undo = null)
{
    /// <summary>A name short enough for a sentence.</summary>
    public static string Cut(string name) => name.Length <= 60 ? name : name[..(char.IsHighSurrogate(name[58]) ? 58 : 59)] + "…";
}

/// <summary>A form of one button that takes back what was just done.</summary>
/// <param name="Path">Path it posts to.</param>
/// <param name="Fields">What it sends beside the antiforgery field.</param>
public sealed record Undo(string Path, IReadOnlyDictionary<string, string> Fields);
