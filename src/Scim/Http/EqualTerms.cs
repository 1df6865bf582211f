using UserManagement.Scim.Protocol.Filters;

namespace UserManagement.Scim.Http;

/// <summary>What the filters of users and groups have in common: brackets that hold nothing but <c>sub eq "value"</c>.</summary>
internal static class EqualTerms
{
    /// <summary>The values by sub-attribute; null when the filter holds anything else, or one sub-attribute twice.</summary>
    public static IReadOnlyDictionary<string, string>? Of(Filter filter, params string[] subs)
    {
        var terms = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        return Collect(filter, terms) && terms.Keys.All(name => subs.Contains(name, StringComparer.OrdinalIgnoreCase)) ? terms : null;
    }

    private static bool Collect(Filter filter, Dictionary<string, string> terms) =>
        filter switch
        {
            And and => and.Terms.All(term => Collect(term, terms)),
            Compare { Operator: CompareOperator.Eq, Value.Kind: not FilterValueKind.Null } compare => terms.TryAdd(
                compare.Path.Name,
                compare.Value.Text
            ),
            _ => false,
        };
}
