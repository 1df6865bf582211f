using System.Text.Json;

namespace UserManagement.Membership.Apps;

/// <summary>A list of texts as one column holds it (scopes of a grant, addresses of an app): a JSON array, or nothing for none.</summary>
internal static class StoredList
{
    /// <summary>What a column holds.</summary>
    public static string[] Read(string? stored) => string.IsNullOrEmpty(stored) ? [] : JsonSerializer.Deserialize<string[]>(stored) ?? [];
}
