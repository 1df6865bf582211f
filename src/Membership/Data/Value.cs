using System.Data.Common;

namespace UserManagement.Membership.Data;

/// <summary>Parameters of the few statements that are written by hand.</summary>
internal static class Value
{
    /// <summary>A parameter of this name and value; the value must be one that the driver knows (no time, no typed id).</summary>
    public static Func<DbCommand, DbParameter> Of(string name, object? value) =>
        command =>
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            return parameter;
        };
}
