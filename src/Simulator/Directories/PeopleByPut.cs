using System.Text.Json.Nodes;
using UserManagement.Simulator.Drills;

namespace UserManagement.Simulator.Directories;

/// <summary>What directories do with people whom they change by sending them whole: JumpCloud and OneLogin.</summary>
/// <param name="calls">The calls.</param>
/// <param name="body">A person as this directory sends them, of what they are when it is called.</param>
internal sealed class PeopleByPut(DirectoryCalls calls, Func<Person, JsonObject> body)
{
    /// <summary>Sends somebody whole; nothing when they were never made.</summary>
    /// <param name="kind">Row of the table.</param>
    /// <param name="person">The person, read now.</param>
    public Func<CancellationToken, Task> Put(string kind, Person person)
    {
        var (name, sent, set) = (person.ToString(), body(person), DirectoryCalls.AllOf(person));
        return token =>
            person.Id is { } id
                ? calls.PutUserAsync(kind, new Effect("Users", person.ExternalId) { Id = id, Set = set }, name, sent, token)
                : Task.CompletedTask;
    }

    /// <summary>Suspends or restores somebody, and looks whether they are found as such.</summary>
    /// <param name="person">The person.</param>
    /// <param name="active">What they become.</param>
    public Func<CancellationToken, Task> SetActive(Person person, bool active)
    {
        person.Active = active;
        var (userName, put) = (person.UserName, Put(active ? "restore user" : "suspend user", person));
        return async token =>
        {
            await put(token);
            if (person.Id is { } id)
            {
                await calls.CheckActiveAsync(id, userName, active, token);
            }
        };
    }

    /// <summary>Sends somebody who is there once more: they must not be made twice.</summary>
    /// <param name="person">The person, read now.</param>
    public Func<CancellationToken, Task> CreateTwice(Person person)
    {
        var (name, sent) = (person.ToString(), body(person));
        return token => person.Id is null ? Task.CompletedTask : calls.CreateDuplicateAsync(name, sent, token);
    }
}
