using System.Text.RegularExpressions;

namespace UserManagement.Ui.Parts;

/// <summary>A sentence that somebody wrote, with the addresses in it as links.</summary>
public partial class LinkedText
{
    [GeneratedRegex("(https://[^\\s\"<>]*[^\\s\"<>.,;:!?)'\\]])")]
    private static partial Regex Address();
}
