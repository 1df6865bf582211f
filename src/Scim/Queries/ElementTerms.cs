using UserManagement.Scim.Protocol.Filters;

namespace UserManagement.Scim.Queries;

/// <summary>Brackets that compare the value of an element and say at most its type: <c>[type eq "work" and value sw "a"]</c>.</summary>
/// <param name="Comparison">How the value is compared.</param>
/// <param name="Value">With what.</param>
/// <param name="Type">The type; null for any.</param>
internal sealed record ElementTerms(CompareOperator Comparison, string Value, string? Type)
{
    /// <summary>What the brackets hold; null when it is anything else.</summary>
    public static ElementTerms? Of(Filter filter)
    {
        Compare? value = null;
        Compare? type = null;
        foreach (var term in filter is And and ? and.Terms : [filter])
        {
            if (term is not Compare { Value.Kind: not FilterValueKind.Null } compare)
            {
                return null;
            }

            if (
                value is null
                && compare.Path.Name.Equals("value", StringComparison.OrdinalIgnoreCase)
                && compare.Operator != CompareOperator.Ne
            )
            {
                value = compare;
            }
            else if (
                type is null
                && compare.Path.Name.Equals("type", StringComparison.OrdinalIgnoreCase)
                && compare.Operator == CompareOperator.Eq
            )
            {
                type = compare;
            }
            else
            {
                return null;
            }
        }

        return value is null ? null : new(value.Operator, value.Value.Text, type?.Value.Text);
    }
}
