using System.Text.Json;

namespace UserManagement.Membership.Rules;

/// <summary>
/// What of a person's SCIM document rules may ask for, as comparison keys. The one place where the core reads the document: four attributes
/// in the canonical spelling in which the door keeps it; anything else, and anything of another form, is passed over.
/// </summary>
internal sealed class RuleFacts : IEquatable<RuleFacts>
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    private readonly HashSet<(RuleAsks Asks, string Key)> _values = [];

    /// <summary>Nothing is known.</summary>
    public static RuleFacts None { get; } = new();

    /// <summary>Reads a member's document; null for none.</summary>
    public static RuleFacts Of(string? document)
    {
        if (document is null || !MayHold(document))
        {
            return None;
        }

        using var json = JsonDocument.Parse(document);
        var facts = new RuleFacts();
        if (json.RootElement is not { ValueKind: JsonValueKind.Object } user)
        {
            return None;
        }

        facts.AddEach(RuleAsks.Roles, user, "roles");
        facts.AddEach(RuleAsks.Entitlements, user, "entitlements");
        facts.Add(RuleAsks.UserType, user, "userType");
        if (user.TryGetProperty(Enterprise, out var work) && work.ValueKind == JsonValueKind.Object)
        {
            facts.Add(RuleAsks.Department, work, "department");
        }

        return facts;
    }

    /// <summary>Whether the person has the value.</summary>
    public bool Has(RuleAsks asks, string key) => _values.Contains((asks, key));

    /// <inheritdoc/>
    public bool Equals(RuleFacts? other) => other is not null && _values.SetEquals(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RuleFacts);

    /// <inheritdoc/>
    public override int GetHashCode() => _values.Count;

    // most documents have none of them: they need not be read
    private static bool MayHold(string document) =>
        document.Contains("\"roles\"", StringComparison.Ordinal)
        || document.Contains("\"entitlements\"", StringComparison.Ordinal)
        || document.Contains("\"userType\"", StringComparison.Ordinal)
        || document.Contains("\"department\"", StringComparison.Ordinal);

    private void AddEach(RuleAsks asks, JsonElement user, string name)
    {
        if (!user.TryGetProperty(name, out var several) || several.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        foreach (var one in several.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object))
        {
            Add(asks, one, "value");
        }
    }

    private void Add(RuleAsks asks, JsonElement holder, string name)
    {
        if (
            holder.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
            && Key.Of(value.GetString()!) is { Length: > 0 } key
        )
        {
            _values.Add((asks, key));
        }
    }
}
