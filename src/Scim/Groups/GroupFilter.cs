using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Wire;

namespace UserManagement.Scim.Groups;

/// <summary>What a filter on groups finds.</summary>
/// <param name="Ids">Their ids, each once.</param>
internal sealed record FoundGroups(IQueryable<Id<Group>> Ids);

/// <summary>A filter on groups as a set of ids, each term from an index; see <see cref="Users.UserFilter"/>.</summary>
internal sealed class GroupFilter(MembershipDb db, Id<Workspace> workspace, bool strict)
{
    // attribute -> the ids of the groups that have the value
    private static readonly Dictionary<string, Func<GroupFilter, string, IQueryable<Id<Group>>>> Indexes = new(StringComparer.Ordinal)
    {
        ["id"] = (on, value) => on.ById(value),
        ["displayName"] = (on, value) => on.ByName(value),
        ["externalId"] = (on, value) => on.ByExternalId(value),
        ["members"] = (on, value) => on.ByMember(value),
        ["members.value"] = (on, value) => on.ByMember(value),
    };

    /// <summary>The ids that the filter finds. Refusal: 400 invalidFilter.</summary>
    public ScimResult<FoundGroups> Compile(Filter filter) => filter switch
    {
        And and => Join(and.Terms, Queryable.Intersect),
        Or or => Join(or.Terms, Queryable.Union),
        Compare { Operator: CompareOperator.Eq, Value.Kind: not FilterValueKind.Null } compare
            when SchemaRegistry.Default.Group.Resolve(compare.Path, strict) is { } found && Indexes.TryGetValue(found.Key, out var index)
            => new FoundGroups(index(this, compare.Value.Text)),
        ValuePath path when SchemaRegistry.Default.Group.Resolve(path.Path, strict)?.Key == "members"
            && EqualTerms.Of(path.Inner, "value") is { } terms && terms.TryGetValue("value", out var value)
            => new FoundGroups(ByMember(value)),
        _ => EqualTerms.Declined(filter, "id, displayName, externalId and members"),
    };

    private ScimResult<FoundGroups> Join(IReadOnlyList<Filter> terms, Func<IQueryable<Id<Group>>, IQueryable<Id<Group>>, IQueryable<Id<Group>>> join)
    {
        IQueryable<Id<Group>>? ids = null;
        foreach (var term in terms)
        {
            if (!Compile(term).TryGet(out var found, out var error))
            {
                return error;
            }

            ids = ids is null ? found.Ids : join(ids, found.Ids);
        }

        return new FoundGroups(ids!);
    }

    private IQueryable<Id<Group>> ById(string value) => Id<Group>.TryParse(value, out var id) ? Of(db.Groups.Where(g => g.WorkspaceId == workspace && g.Id == id)) : Nothing();

    private IQueryable<Id<Group>> ByName(string value)
    {
        var key = Key.Of(value);
        return Of(db.Groups.Where(g => g.WorkspaceId == workspace && g.DisplayNameKey == key));
    }

    private IQueryable<Id<Group>> ByExternalId(string value) => Of(db.Groups.Where(g => g.WorkspaceId == workspace && g.ExternalId == value));

    private IQueryable<Id<Group>> ByMember(string value) => Id<Member>.TryParse(value, out var id)
        ? db.GroupMembers.Where(m => m.WorkspaceId == workspace && m.MemberId == id).Select(m => m.GroupId)
        : Nothing();

    private IQueryable<Id<Group>> Nothing() => Of(db.Groups.Where(g => false));

    private static IQueryable<Id<Group>> Of(IQueryable<Group> groups) => groups.Select(g => g.Id);
}
