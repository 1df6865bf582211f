using System.Linq.Expressions;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Http;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Queries;

namespace UserManagement.Scim.Groups;

/// <summary>Filters on groups as terms for the database; see <see cref="Users.UserFilter"/>.</summary>
internal sealed class GroupFilter(MembershipDb db, Id<Workspace> workspace, bool strict)
    : FilterTerms<Group>(SchemaRegistry.Full.Group, strict)
{
    /// <inheritdoc/>
    protected override Expression<Func<Group, bool>> IsIn(IQueryable<Id<Group>> ids) => g => ids.Contains(g.Id);

    /// <inheritdoc/>
    protected override Expression<Func<Group, bool>> Has(IQueryable<Id<Group>> ids) => g => ids.Where(id => id == g.Id).Any();

    /// <inheritdoc/>
    protected override Term<Group> Present(string key) =>
        key switch
        {
            "id"
            or "schemas"
            or "displayName"
            or "meta"
            or "meta.resourceType"
            or "meta.created"
            or "meta.lastModified"
            or "meta.location"
            or "meta.version" => Term<Group>.Everything,
            "externalId" => Term<Group>.Of(g => g.ExternalId != null && g.ExternalId != ""),
            "members" or "members.value" or "members.type" or "members.$ref" => Among(
                db.GroupMembers.Where(m => m.WorkspaceId == workspace && !Unseen.Contains(m.MemberId)).Select(m => m.GroupId).Distinct()
            ),
            _ => Term<Group>.Unserved,
        };

    /// <inheritdoc/>
    protected override Term<Group> Compare(string key, CompareOperator comparison, FilterValue value) =>
        key switch
        {
            "id" => ById(comparison, value.Text),
            "displayName" => TextComparison.Folded(value.Text, comparison) is { } name
                ? ByText(g => g.DisplayNameKey, comparison, name)
                : Term<Group>.Unserved,
            "externalId" => value.Text.Length == 0 ? Term<Group>.Unserved : ByText(g => g.ExternalId, comparison, value.Text),
            "members" or "members.value" when comparison == CompareOperator.Eq => ByMember(value.Text),
            "meta.created" => Time(g => g.CreatedAt, comparison, value),
            "meta.lastModified" => Time(g => g.ModifiedAt, comparison, value),
            "meta.resourceType" when comparison is CompareOperator.Eq or CompareOperator.Ne => Term<Group>.Constant(
                (value.Text == SchemaRegistry.Full.Group.Name) == (comparison == CompareOperator.Eq)
            ),
            _ => Term<Group>.Unserved,
        };

    /// <inheritdoc/>
    protected override Term<Group> Element(string key, Filter inner) =>
        key == "members" && EqualTerms.Of(inner, "value") is { } terms && terms.TryGetValue("value", out var value)
            ? ByMember(value)
            : Term<Group>.Unserved;

    private Term<Group> ById(CompareOperator comparison, string value)
    {
        var term =
            Id<Group>.TryParse(value, out var id) && id.ToString() == value ? Term<Group>.One(Ids(g => g.Id == id)) : Term<Group>.Nothing;
        return comparison switch
        {
            CompareOperator.Eq => term,
            CompareOperator.Ne => Not(term),
            _ => Term<Group>.Unserved,
        };
    }

    private Term<Group> ByText(Expression<Func<Group, string?>> column, CompareOperator comparison, string text)
    {
        var isNot = comparison == CompareOperator.Ne;
        var condition = Text(column, isNot ? CompareOperator.Eq : comparison, text)!;
        var term = comparison is CompareOperator.Eq or CompareOperator.Ne or CompareOperator.Sw
            ? Term<Group>.Of(Ids(condition))
            : Term<Group>.Of(condition);
        return isNot ? Not(term) : term;
    }

    private Term<Group> ByMember(string value) =>
        Id<Member>.TryParse(value, out var id) && id.ToString() == value
            ? Term<Group>.Of(
                db.GroupMembers.Where(m => m.WorkspaceId == workspace && m.MemberId == id && !Unseen.Contains(m.MemberId))
                    .Select(m => m.GroupId)
            )
            : Term<Group>.Nothing;

    // whom the directory deleted while that is held
    private IQueryable<Id<Member>> Unseen =>
        db.Members.Where(h => h.WorkspaceId == workspace && h.HeldAs == HeldAs.Deletion).Select(h => h.Id);

    private IQueryable<Id<Group>> Ids(Expression<Func<Group, bool>> condition) =>
        db.Groups.Where(g => g.WorkspaceId == workspace).Where(condition).Select(g => g.Id);
}
