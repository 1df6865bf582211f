using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Undo;

/// <summary>What the undo of a cycle makes of one group.</summary>
/// <param name="Remakes">Whether it was deleted and is made again.</param>
/// <param name="Deletes">Whether the cycle made it and it goes.</param>
/// <param name="Fields">Which facts become what they were.</param>
/// <param name="Back">Who comes into it again.</param>
/// <param name="Out">Who goes out of it again.</param>
/// <param name="Left">What is left and why, in sentences.</param>
internal sealed record GroupPlan(
    bool Remakes,
    bool Deletes,
    IReadOnlyList<string> Fields,
    IReadOnlyList<Id<Member>> Back,
    IReadOnlyList<Id<Member>> Out,
    IReadOnlyList<string> Left
)
{
    private static readonly (string Field, string Words)[] Facts =
    [
        ("displayName", "The name"),
        ("externalId", "The directory's id"),
        ("document", "What else the directory says of the group"),
        ("isDirectoryManaged", "Whose group it is"),
    ];

    /// <summary>Whether nothing is to be done.</summary>
    public bool IsEmpty => !Remakes && !Deletes && Fields.Count == 0 && Back.Count == 0 && Out.Count == 0;

    /// <summary>Plans it.</summary>
    /// <param name="db">To read through.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="story">What the audit log says.</param>
    /// <param name="now">The group as it is; null where it is gone.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<GroupPlan> OfAsync(MembershipDb db, Id<Workspace> workspace, Story story, Group? now, CancellationToken ct)
    {
        if (story.IsCreated)
        {
            return now is null ? Nothing()
                : (story.SinceAny() ?? story.SinceMembers()) is { } since
                    ? Nothing($"The cycle made this group, and it was changed since by {since}.")
                : Nothing() with { Deletes = true };
        }

        if (now is null)
        {
            return story.IsDeleted
                ? Nothing() with
                {
                    Remakes = true,
                    Back = [.. story.WasIn.Where(w => w.Value).Select(w => new Id<Member>(w.Key)).Order()],
                }
                : Nothing("The group was deleted since.");
        }

        List<string> left = [];
        List<string> fields = [];
        // of one that is there again, whatever else was deleted with it came with the row
        foreach (
            var (field, words) in Facts.Where(f => !story.IsDeleted && story.Has(f.Field) && Value(now, f.Field) != story.Wanted(f.Field))
        )
        {
            if (story.Since(field) is { } since)
            {
                left.Add($"{words} was changed since by {since}.");
            }
            else if (!story.IsAsLeft(field, Value(now, field)))
            {
                left.Add($"{words} was changed since.");
            }
            else if (story.IsCut(field))
            {
                left.Add($"{words} was too long for the log to keep.");
            }
            else
            {
                fields.Add(field);
            }
        }

        if (story.IsDeleted && story.Deleted is null)
        {
            left.Add("Who was in it was not kept.");
        }

        if (story.Unnamed > 0 && now.IsDirectoryManaged)
        {
            left.Add($"The log does not name {story.Unnamed} of those who came or went.");
        }

        var (back, gone) = await MovesAsync(db, workspace, story, now, left, ct);
        return new(false, false, fields, back, gone, left);
    }

    /// <summary>The group with one of its facts as it was.</summary>
    public static Group With(Group group, string field, string? value) =>
        field switch
        {
            "displayName" => group with { DisplayName = value ?? group.DisplayName },
            "externalId" => group with { ExternalId = value },
            "isDirectoryManaged" => group with { IsDirectoryManaged = value == "true" },
            _ => group with { Document = value },
        };

    private static string? Value(Group group, string field) =>
        field switch
        {
            "displayName" => group.DisplayName,
            "externalId" => group.ExternalId,
            "isDirectoryManaged" => group.IsDirectoryManaged ? "true" : "false",
            _ => group.Document,
        };

    // who is in a group of ours by a rule, and came or went with what the rule asks for, is the rule's to move
    private static async Task<(List<Id<Member>> Back, List<Id<Member>> Out)> MovesAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        Story story,
        Group now,
        List<string> left,
        CancellationToken ct
    )
    {
        if (!now.IsDirectoryManaged || story.WasIn.Count == 0)
        {
            return ([], []);
        }

        HashSet<Guid> inside =
        [
            .. await db
                .GroupMembers.AsNoTracking()
                .Where(g => g.WorkspaceId == workspace && g.GroupId == now.Id)
                .Select(g => g.MemberId.Value)
                .ToListAsync(ct),
        ];
        var differ = story.WasIn.Where(w => w.Value != inside.Contains(w.Key)).ToList();
        foreach (var by in differ.Select(d => story.Since(d.Key)).OfType<string>().GroupBy(by => by))
        {
            left.Add($"{(by.Count() == 1 ? "One person was" : $"{by.Count()} people were")} moved since by {by.Key}.");
        }

        var free = differ.Where(d => story.Since(d.Key) is null).ToList();
        return (
            [.. free.Where(d => d.Value).Select(d => new Id<Member>(d.Key)).Order()],
            [.. free.Where(d => !d.Value).Select(d => new Id<Member>(d.Key)).Order()]
        );
    }

    private static GroupPlan Nothing(params string[] left) => new(false, false, [], [], [], left);
}
