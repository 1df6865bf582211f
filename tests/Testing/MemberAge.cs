using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;

namespace UserManagement.Testing;

/// <summary>Members who came before the test began: an id tells when somebody came.</summary>
public static class MemberAge
{
    private static readonly (string Table, string Column)[] Places =
    [
        ("members", "id"),
        ("member_keys", "member_id"),
        ("grants", "member_id"),
    ];

    /// <summary>Gives somebody who came just now the id of that time, wherever a newcomer's stands.</summary>
    /// <returns>The member with that id.</returns>
    public static async Task<Member> CameAsync(Store store, Member member, DateTimeOffset at)
    {
        var old = Guid.CreateVersion7(at);
        await using var db = store.Read();
        foreach (var (table, column) in Places)
        {
            // the names are our own
            await db.Database.ExecuteSqlRawAsync(
                string.Concat($"UPDATE {table} SET {column} = {{0}} WHERE {column} = {{1}}"),
                old,
                member.Id.Value
            );
        }

        return member with
        {
            Id = new(old),
        };
    }
}
