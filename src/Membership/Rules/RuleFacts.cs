using System.Text.Json;
using UserManagement.Membership.Mappings;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>
/// What of a person's SCIM document rules may ask for, as comparison keys: four attributes in the canonical spelling in which the door
/// keeps them, and those of the workspace's own for which rules ask; anything else, and anything of another form, is passed over.
/// </summary>
internal sealed class RuleFacts : IEquatable<RuleFacts>
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    private readonly HashSet<(RuleAsks Asks, string? Attribute, string Key)> _values = [];

    /// <summary>Nothing is known.</summary>
    public static RuleFacts None { get; } = new();

    /// <summary>Reads a member's document, see <see cref="RuleSet.FactsOf"/>.</summary>
    /// <param name="document">It; null for none.</param>
    /// <param name="scim">Where the workspace's own attributes stand.</param>
    /// <param name="own">Those of them for which rules ask.</param>
    public static RuleFacts Of(string? document, ScimRules scim, IReadOnlyList<CustomAttribute> own)
    {
        if (
            document is null
            || !(MayHold(document) || (own.Count > 0 && document.Contains(scim.SchemaOfAttributes, StringComparison.Ordinal)))
        )
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

        foreach (var (attribute, values) in own.Count == 0 ? [] : CustomValues.In(scim, user, own))
        {
            foreach (var key in values.Select(attribute.KeyOf).OfType<string>())
            {
                facts._values.Add((RuleAsks.Attribute, attribute.Name, key));
            }
        }

        return facts;
    }

    /// <summary>Whether the person has the value.</summary>
    /// <param name="asks">Of what.</param>
    /// <param name="attribute">The name of the workspace's own attribute; null for another.</param>
    /// <param name="key">The value's key.</param>
    public bool Has(RuleAsks asks, string? attribute, string key) => _values.Contains((asks, attribute, key));

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
            _values.Add((asks, null, key));
        }
    }
}
