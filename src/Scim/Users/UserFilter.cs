using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Wire;

namespace UserManagement.Scim.Users;

/// <summary>What a filter on users finds.</summary>
/// <param name="Ids">Their ids, each once; those who have ended may be among them.</param>
internal sealed record FoundMembers(IQueryable<Id<Member>> Ids);

/// <summary>
/// A filter on users as a set of ids, each term from an index: <c>and</c> is an intersection, <c>or</c> a union. What no
/// index serves is declined (RFC 7644 section 3.4.2.2), never answered with everybody or nobody.
/// </summary>
internal sealed class UserFilter(MembershipDb db, Id<Workspace> workspace, bool strict)
{
    private const string Manager = ScimUrn.EnterpriseUser + ":manager";

    // attribute -> the ids of those who have the value
    private static readonly Dictionary<string, Func<UserFilter, string, IQueryable<Id<Member>>>> Indexes = new(StringComparer.Ordinal)
    {
        ["userName"] = (on, value) => on.ByUserName(value),
        ["id"] = (on, value) => on.ById(value),
        ["externalId"] = (on, value) => on.ByKey(MemberKey.ExternalId, value),
        ["displayName"] = (on, value) => on.ByKey(MemberKey.DisplayName, Key.Of(value)),
        ["emails"] = (on, value) => on.ByKey(MemberKey.Emails, Key.Of(value)),
        ["emails.value"] = (on, value) => on.ByKey(MemberKey.Emails, Key.Of(value)),
        [Manager] = (on, value) => on.ByKey(MemberKey.Manager, value),
        [Manager + ".value"] = (on, value) => on.ByKey(MemberKey.Manager, value),
    };

    /// <summary>The user name, when the filter is nothing but <c>userName eq "..."</c>; else null.</summary>
    public static string? UserName(Filter filter) =>
        filter is Compare { Operator: CompareOperator.Eq, Value: { Kind: not FilterValueKind.Null, Text: var text } } compare
        && SchemaRegistry.Default.User.Resolve(compare.Path)?.Key == "userName" ? text : null;

    /// <summary>The ids that the filter finds. Refusal: 400 invalidFilter.</summary>
    public ScimResult<FoundMembers> Compile(Filter filter)
    {
        if (!Read(filter).TryGet(out var term, out var error))
        {
            return error;
        }

        return term.Ids is { } ids ? new FoundMembers(ids) : Declined(filter);
    }

    private ScimResult<Term> Read(Filter filter) => filter switch
    {
        And and => ReadAll(and),
        Or or => ReadAny(or),
        Compare compare => ReadCompare(compare),
        ValuePath path => ReadElement(path),
        _ => Declined(filter),
    };

    private ScimResult<Term> ReadAll(And and)
    {
        IQueryable<Id<Member>>? ids = null;
        var active = new List<bool>();
        foreach (var part in and.Terms)
        {
            if (!Read(part).TryGet(out var term, out var error))
            {
                return error;
            }

            ids = term.Ids is null ? ids : ids is null ? term.Ids : ids.Intersect(term.Ids);
            if (term.Active is { } wanted)
            {
                active.Add(wanted);
            }
        }

        return ids is null ? Declined(and) : new Term(active.Distinct().Aggregate(ids, WhoAre), null);
    }

    private ScimResult<Term> ReadAny(Or or)
    {
        IQueryable<Id<Member>>? ids = null;
        foreach (var part in or.Terms)
        {
            if (!Read(part).TryGet(out var term, out var error))
            {
                return error;
            }

            if (term.Ids is null)
            {
                return Declined(part);
            }

            ids = ids is null ? term.Ids : ids.Union(term.Ids);
        }

        return new Term(ids, null);
    }

    private ScimResult<Term> ReadCompare(Compare compare)
    {
        if (compare.Operator != CompareOperator.Eq || compare.Value.Kind == FilterValueKind.Null
            || SchemaRegistry.Default.User.Resolve(compare.Path, strict) is not { } found)
        {
            return Declined(compare);
        }

        return found.Key == "active" && compare.Value.AsBoolean() is { } active ? new Term(null, active)
            : Indexes.TryGetValue(found.Key, out var index) ? new Term(index(this, compare.Value.Text), null)
            : Declined(compare);
    }

    /// <summary><c>emails[type eq "work" and value eq "x"]</c>, in either order and with or without the type.</summary>
    private ScimResult<Term> ReadElement(ValuePath path)
    {
        if (SchemaRegistry.Default.User.Resolve(path.Path, strict)?.Key != "emails" || EqualTerms.Of(path.Inner, "value", "type") is not { } terms
            || !terms.TryGetValue("value", out var value))
        {
            return Declined(path);
        }

        if (!terms.TryGetValue("type", out var type))
        {
            return new Term(ByKey(MemberKey.Emails, Key.Of(value)), null);
        }

        return UserMap.TypeKey(type) is { } attribute ? new Term(ByKey(attribute, Key.Of(value)), null) : Declined(path);
    }

    private IQueryable<Id<Member>> ByUserName(string value)
    {
        var key = Key.Of(value);
        return db.Members.Where(m => m.WorkspaceId == workspace && m.UserNameKey == key).Select(m => m.Id);
    }

    private IQueryable<Id<Member>> ById(string value) => Id<Member>.TryParse(value, out var id)
        ? db.Members.Where(m => m.WorkspaceId == workspace && m.Id == id).Select(m => m.Id)
        : db.Members.Where(m => false).Select(m => m.Id);

    private IQueryable<Id<Member>> ByKey(string attribute, string value) =>
        db.MemberKeys.Where(k => k.WorkspaceId == workspace && k.Attribute == attribute && k.Value == value).Select(k => k.MemberId);

    private IQueryable<Id<Member>> WhoAre(IQueryable<Id<Member>> ids, bool active) => db.Members
        .Where(m => m.WorkspaceId == workspace && ids.Contains(m.Id) && (m.DirectoryActive ?? (m.State == MemberState.Active)) == active)
        .Select(m => m.Id);

    private static ScimError Declined(Filter filter) => EqualTerms.Declined(filter, "userName, id, externalId, displayName, emails and manager");

    /// <summary>A part of a filter: a set, or only a condition that has no index of its own.</summary>
    private sealed record Term(IQueryable<Id<Member>>? Ids, bool? Active);
}
