using System.Linq.Expressions;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Http;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Queries;

namespace UserManagement.Scim.Users;

/// <summary>
/// Filters on users as terms for the database. What directories match people by comes from an index; the member's columns
/// give conditions; the words under which people are searched narrow down names. All else is the evaluator's.
/// </summary>
internal sealed class UserFilter(
    MembershipDb db,
    Id<Workspace> workspace,
    bool strict,
    bool isMapped = false,
    ScimResourceType? type = null
) : FilterTerms<Member>(type ?? SchemaRegistry.Full.User, strict)
{
    private const string Manager = ScimUrn.EnterpriseUser + ":manager";
    private const string Ours = ScimUrn.MembershipUser + ":";

    /// <summary>The user name, when the filter is nothing but <c>userName eq "..."</c>; else null.</summary>
    public static string? UserName(Filter filter) =>
        filter is Compare { Operator: CompareOperator.Eq, Value: { Kind: not FilterValueKind.Null, Text: var text } } compare
        && SchemaRegistry.Default.User.Resolve(compare.Path)?.Key == "userName"
            ? text
            : null;

    /// <inheritdoc/>
    protected override Expression<Func<Member, bool>> IsIn(IQueryable<Id<Member>> ids) => m => ids.Contains(m.Id);

    /// <inheritdoc/>
    protected override Expression<Func<Member, bool>> Has(IQueryable<Id<Member>> ids) => m => ids.Where(id => id == m.Id).Any();

    /// <inheritdoc/>
    protected override Term<Member> Present(string key) =>
        key switch
        {
            "id" or "schemas" or "userName" or "active" => Term<Member>.Everything,
            Ours + "role" or Ours + "seat" or Ours + "waiting" or Ours + "state" => Term<Member>.Everything,
            "meta" or "meta.resourceType" or "meta.created" or "meta.lastModified" or "meta.location" or "meta.version" =>
                Term<Member>.Everything,
            "externalId" => Term<Member>.Of(m => m.ExternalId != null && m.ExternalId != ""),
            "displayName" => Term<Member>.Of(m => m.DisplayName != null && m.DisplayName != ""),
            "name.givenName" => Term<Member>.Of(m => m.GivenName != null && m.GivenName != ""),
            "name.familyName" => Term<Member>.Of(m => m.FamilyName != null && m.FamilyName != ""),
            Manager + ".value" => Among(Keys(MemberKey.Manager)),
            "groups" or "groups.value" or "groups.display" => Among(
                db.GroupMembers.Where(g => g.WorkspaceId == workspace).Select(g => g.MemberId).Distinct()
            ),
            _ => Term<Member>.Unserved,
        };

    /// <inheritdoc/>
    protected override Term<Member> Compare(string key, CompareOperator comparison, FilterValue value) =>
        key switch
        {
            "id" => ById(comparison, value.Text),
            "userName" => ByUserName(comparison, value.Text),
            "externalId" => ByKey(MemberKey.ExternalId, comparison, value.Text, isExactCase: true),
            "displayName" => ByKey(MemberKey.DisplayName, comparison, value.Text),
            "emails" or "emails.value" => ByKey(MemberKey.Emails, comparison, value.Text, isList: true),
            Manager or Manager + ".value" => ByKey(MemberKey.Manager, comparison, value.Text, isExactCase: true),
            "groups" or "groups.value" => ByGroup(comparison, value.Text),
            "groups.display" => ByGroupName(comparison, value.Text),
            "name.givenName" or "name.familyName" => ByWords(comparison, value.Text),
            "active" => ByActive(comparison, value),
            "meta.created" => Time(m => m.CreatedAt, comparison, value),
            "meta.lastModified" => Time(m => m.ModifiedAt, comparison, value),
            "meta.resourceType" => ByType(comparison, value.Text),
            Ours + "role" when comparison == CompareOperator.Eq => ByRole(value.Text),
            Ours + "seat" when value.AsBoolean() is { } seat => ByFlag(m => m.HasSeat, comparison, seat),
            Ours + "waiting" when value.AsBoolean() is { } waiting => ByFlag(
                m => m.WaitsSince != null && m.State == MemberState.Active && !m.HasSeat,
                comparison,
                waiting
            ),
            _ => Term<Member>.Unserved,
        };

    /// <inheritdoc/>
    protected override Term<Member> Element(string key, Filter inner)
    {
        if (key == "groups" && EqualTerms.Of(inner, "value") is { } group && group.TryGetValue("value", out var id))
        {
            return ByGroup(CompareOperator.Eq, id);
        }

        if (key != "emails" || ElementTerms.Of(inner) is not { } terms)
        {
            return Term<Member>.Unserved;
        }

        // the key of a typed address stands for one element that has both
        if (terms.Type is null)
        {
            return ByKey(MemberKey.Emails, terms.Comparison, terms.Value, isList: true);
        }

        return DocumentKeys.TypeKey(terms.Type) is { } attribute
            ? ByKey(attribute, terms.Comparison, terms.Value, isList: true)
            : Term<Member>.Unserved;
    }

    private Term<Member> ById(CompareOperator comparison, string value)
    {
        // ids are shown in one spelling, and compared by case
        var term =
            Id<Member>.TryParse(value, out var id) && id.ToString() == value
                ? Term<Member>.One(db.Members.Where(m => m.WorkspaceId == workspace && m.Id == id).Select(m => m.Id))
                : Term<Member>.Nothing;
        return comparison switch
        {
            CompareOperator.Eq => term,
            CompareOperator.Ne => Not(term),
            _ => Term<Member>.Unserved,
        };
    }

    private Term<Member> ByUserName(CompareOperator comparison, string value)
    {
        if (TextComparison.Folded(value, comparison) is not { } key)
        {
            return Term<Member>.Unserved;
        }

        if (isMapped && comparison == CompareOperator.Eq)
        {
            // a directory whose user names are mapped knows people by what it sent
            return Term<Member>.Of(
                db.MemberKeys.Where(k => k.WorkspaceId == workspace && k.Attribute == MemberKey.SentUserName && k.Value == key)
                    .Select(k => k.MemberId)
                    .Union(
                        db.Members.Where(m => m.WorkspaceId == workspace && m.UserNameKey == key && m.SentUserName == null)
                            .Select(m => m.Id)
                    )
            );
        }

        var isNot = comparison == CompareOperator.Ne;
        var condition = Text(m => m.UserNameKey, isNot ? CompareOperator.Eq : comparison, key)!;
        var found = db.Members.Where(m => m.WorkspaceId == workspace).Where(condition).Select(m => m.Id);
        var term = comparison switch
        {
            CompareOperator.Eq or CompareOperator.Ne => Term<Member>.One(found),
            CompareOperator.Sw => Term<Member>.Of(found),
            _ => Term<Member>.Of(condition),
        };
        return isNot ? Not(term) : term;
    }

    private Term<Member> ByKey(string attribute, CompareOperator comparison, string value, bool isExactCase = false, bool isList = false)
    {
        var key = isExactCase ? (value.Length > 0 ? value : null) : TextComparison.Folded(value, comparison);
        if (key is null || (isList && comparison == CompareOperator.Ne))
        {
            return Term<Member>.Unserved;
        }

        var isNot = comparison == CompareOperator.Ne;
        Expression<Func<MemberKey, string?>> column = k => k.Value;
        var compare = TextComparison.Of(isNot ? CompareOperator.Eq : comparison, key)!;
        var found = db
            .MemberKeys.Where(k => k.WorkspaceId == workspace && k.Attribute == attribute)
            .Where(
                Expression.Lambda<Func<MemberKey, bool>>(new Put(compare.Parameters[0], column.Body).Visit(compare.Body), column.Parameters)
            )
            .Select(k => k.MemberId);
        return comparison switch
        {
            CompareOperator.Eq or CompareOperator.Sw => Term<Member>.Of(found),
            CompareOperator.Ne => Not(Term<Member>.Of(found)),
            _ => Among(found),
        };
    }

    private Term<Member> ByGroup(CompareOperator comparison, string value)
    {
        if (comparison != CompareOperator.Eq)
        {
            return Term<Member>.Unserved;
        }

        return Id<Membership.Groups.Group>.TryParse(value, out var id) && id.ToString() == value
            ? Term<Member>.Of(db.GroupMembers.Where(g => g.WorkspaceId == workspace && g.GroupId == id).Select(g => g.MemberId))
            : Term<Member>.Nothing;
    }

    private Term<Member> ByGroupName(CompareOperator comparison, string value)
    {
        if (comparison != CompareOperator.Eq || TextComparison.Folded(value, comparison) is not { } key)
        {
            return Term<Member>.Unserved;
        }

        var groups = db.Groups.Where(g => g.WorkspaceId == workspace && g.DisplayNameKey == key).Select(g => g.Id);
        return Term<Member>.Of(
            db.GroupMembers.Where(g => g.WorkspaceId == workspace && groups.Contains(g.GroupId)).Select(g => g.MemberId)
        );
    }

    /// <summary>
    /// All words of a first or last name are among those by which the person is searched: a set around those who are meant.
    /// </summary>
    private Term<Member> ByWords(CompareOperator comparison, string value)
    {
        // an address has words of its own, which do not follow from its key
        var words = Key.PieceOf(value).Contains('@', StringComparison.Ordinal) ? [] : Key.Words(value).ToList();
        if (words.Count == 0 || comparison is not (CompareOperator.Eq or CompareOperator.Sw))
        {
            return Term<Member>.Unserved;
        }

        return All([
            .. words.Select((word, i) => ByKey(MemberKey.Word, i == words.Count - 1 ? CompareOperator.Sw : CompareOperator.Eq, word)),
            Term<Member>.Unserved,
        ]);
    }

    private static Term<Member> ByActive(CompareOperator comparison, FilterValue value) =>
        value.AsBoolean() is { } active
            ? ByFlag(m => m.DirectoryActive ?? (m.State == MemberState.Active), comparison, active)
            : Term<Member>.Unserved;

    private static Term<Member> ByFlag(Expression<Func<Member, bool>> flag, CompareOperator comparison, bool value) =>
        comparison switch
        {
            CompareOperator.Eq or CompareOperator.Ne => Term<Member>.Of(
                Expression.Lambda<Func<Member, bool>>(
                    Expression.Equal(flag.Body, Expression.Constant(value == (comparison == CompareOperator.Eq))),
                    flag.Parameters
                )
            ),
            _ => Term<Member>.Unserved,
        };

    private static Term<Member> ByType(CompareOperator comparison, string value) =>
        comparison switch
        {
            CompareOperator.Eq => Term<Member>.Constant(value == SchemaRegistry.Full.User.Name),
            CompareOperator.Ne => Term<Member>.Constant(value != SchemaRegistry.Full.User.Name),
            _ => Term<Member>.Unserved,
        };

    private Term<Member> ByRole(string role) =>
        Term<Member>.Of(db.Members.Where(m => m.WorkspaceId == workspace && m.Role == role).Select(m => m.Id));

    private IQueryable<Id<Member>> Keys(string attribute) =>
        db.MemberKeys.Where(k => k.WorkspaceId == workspace && k.Attribute == attribute).Select(k => k.MemberId);
}
