using System.Text.Json.Serialization;
using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Mappings;

/// <summary>
/// From which of its attributes a directory's people get their user name and primary mail address here. The directory itself goes on seeing
/// what it sent, and finds people by it (<see cref="Member.SentUserName"/>).
/// </summary>
public sealed record DirectoryMapping
{
    /// <summary>The token or app of the directory that it is for; null for all of the workspace that have none of their own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? Directory { get; init; }

    /// <summary>The attribute whose value becomes the user name, see <see cref="MappingSource"/>; null for <c>userName</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? UserNameFrom { get; init; }

    /// <summary>The attribute whose value becomes the primary mail address; null for the primary one of <c>emails</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? EmailFrom { get; init; }

    /// <summary>How many a workspace may have: as many as it has directories, and one for all.</summary>
    public const int Most = 20;

    /// <summary>What is wrong with the mappings of a workspace; null when nothing is.</summary>
    internal static Refusal? Check(IReadOnlyList<DirectoryMapping>? mappings)
    {
        const string Field = "scim.mappings";
        if (mappings is null)
        {
            return null;
        }

        return mappings.Count > Most ? Refusal.Invalid(Field, $"There can be at most {Most} mappings.")
            : mappings.DistinctBy(m => m.Directory).Count() != mappings.Count
                ? Refusal.Invalid(Field, "A directory has one mapping, and so have all others together.")
            : mappings.Any(m => !MappingSource.IsOne(m.UserNameFrom) || !MappingSource.IsOne(m.EmailFrom))
                ? Refusal.Invalid(
                    Field,
                    "A mapping names an attribute that people have: userName, externalId, emails, emails.work, or one by its name, such as "
                        + "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber."
                )
            : null;
    }

    /// <summary>The mapping that counts for a directory; null for none.</summary>
    internal static DirectoryMapping? For(ScimRules rules, Guid? directory) =>
        rules.Mappings?.FirstOrDefault(m => m.Directory == directory && directory is not null)
        ?? rules.Mappings?.FirstOrDefault(m => m.Directory is null);

    /// <summary>
    /// What a directory said, as the workspace takes it; what others say stays as it is. Refusals: <c>invalidUserName</c> where the
    /// attribute from which the user name is taken is empty.
    /// </summary>
    internal static Outcome<MemberAttributes> Taken(WorkspaceConfiguration configuration, Actor actor, MemberAttributes facts) =>
        actor.Kind == ActorKind.Directory ? Taken(For(configuration.Scim, actor.Id), facts) : facts;

    /// <summary>The same by one mapping; null takes what was sent.</summary>
    internal static Outcome<MemberAttributes> Taken(DirectoryMapping? mapping, MemberAttributes facts)
    {
        var sent = facts with { UserName = facts.SentUserName ?? facts.UserName, SentUserName = null };
        if (mapping is null)
        {
            return sent;
        }

        var userName = MappingSource.Read(mapping.UserNameFrom ?? MappingSource.UserName, sent);
        if (string.IsNullOrWhiteSpace(userName))
        {
            return Refusal.Invalid(
                "userName",
                $"The user name is taken from {mapping.UserNameFrom} here, and this person has none. Send one, or change the mapping."
            );
        }

        var taken = sent with { UserName = userName, Email = mapping.EmailFrom is { } from ? MappingSource.Read(from, sent) : sent.Email };
        return taken.UserName == sent.UserName ? taken : taken with { SentUserName = sent.UserName };
    }
}
