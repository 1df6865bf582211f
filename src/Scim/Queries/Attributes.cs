using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Queries;

namespace UserManagement.Scim.Queries;

/// <summary>The attributes that a filter and an order name, so that a scan reads no more than it looks at.</summary>
internal static class Attributes
{
    /// <summary>Their names, in any case and without sub-attributes.</summary>
    public static IReadOnlySet<string> Of(Filter? filter, Sort? sort)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        Collect(filter, names);
        if (sort is not null)
        {
            names.Add(sort.By.Attribute.Name);
        }

        return names;
    }

    private static void Collect(Filter? filter, HashSet<string> names)
    {
        switch (filter)
        {
            case And and:
                foreach (var term in and.Terms)
                {
                    Collect(term, names);
                }

                break;
            case Or or:
                foreach (var term in or.Terms)
                {
                    Collect(term, names);
                }

                break;
            case Not not:
                Collect(not.Term, names);
                break;
            case Compare compare:
                Add(compare.Path, names);
                break;
            case Present present:
                Add(present.Path, names);
                break;
            case ValuePath path:
                Add(path.Path, names);
                break;
            default:
                break;
        }
    }

    // urn:...:User.manager.value is an old form whose first part belongs to the URN
    private static void Add(AttributePath path, HashSet<string> names)
    {
        names.Add(path.Name);
        if (path.Sub is not null)
        {
            names.Add(path.Sub);
        }
    }
}
