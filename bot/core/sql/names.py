"""What a guarded query may name: syntax nodes, functions, types and catalogues of PostgreSQL. What is not listed is refused."""

NODES = frozenset(
    """
    A_ArrayExpr A_Const A_Expr A_Indices A_Indirection BitString Boolean BoolExpr BooleanTest CaseExpr CaseWhen CoalesceExpr CollateClause ColumnRef
    CommonTableExpr Float FuncCall GroupingFunc GroupingSet Integer JoinExpr List MinMaxExpr NamedArgExpr NullTest RangeFunction RangeSubselect
    RangeTableSample RangeVar ResTarget RowExpr SQLValueFunction SelectStmt SortBy String SubLink TypeCast WindowDef WithClause
    """.split()  # noqa: SIM905 - read as a list of words
)
"""Nodes of libpg_query's tree (protobuf names) that only read."""

_MATH = """
    abs acos acosd asin asind atan atan2 cbrt ceil ceiling cos cosd cot degrees div exp factorial floor gcd lcm ln log log10 min_scale mod pi power pow
    radians random random_normal round scale sign sin sqrt tan trim_scale trunc width_bucket
"""
_TEXT = """
    ascii bit_length btrim casefold char_length character_length chr concat concat_ws convert_from decode encode format initcap left length lower lpad ltrim
    md5 normalize octet_length overlay parse_ident position quote_ident quote_literal quote_nullable regexp_count regexp_instr regexp_like regexp_match
    regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr repeat replace reverse right rpad rtrim sha224 sha256 sha384
    sha512 similar_to_escape split_part starts_with string_to_array string_to_table strpos substr substring to_ascii to_hex translate unistr upper
    like_escape
"""
_TIME = """
    age clock_timestamp date date_add date_bin date_part date_subtract date_trunc extract isfinite justify_days justify_hours justify_interval make_date
    make_interval make_time make_timestamp make_timestamptz now overlaps statement_timestamp timeofday timestamp timestamptz timezone to_char to_date
    to_number to_timestamp transaction_timestamp
"""
_CASTS = "bool char float4 float8 int2 int4 int8 interval money name numeric text time timetz varchar"
_JSON = """
    array_to_json json_array_elements json_array_elements_text json_array_length json_build_array json_build_object json_each json_each_text
    json_extract_path json_extract_path_text json_object json_object_keys json_strip_nulls json_typeof jsonb_array_elements jsonb_array_elements_text
    jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_exists jsonb_extract_path jsonb_extract_path_text jsonb_object
    jsonb_object_keys jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array jsonb_path_query_first jsonb_pretty jsonb_set
    jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_typeof
"""
_SETS = """
    array_append array_cat array_dims array_length array_lower array_ndims array_position array_positions array_prepend array_remove
    array_replace array_reverse array_sample array_shuffle array_sort array_to_string array_upper cardinality generate_series generate_subscripts
    isempty lower_inc lower_inf multirange num_nonnulls num_nulls range_merge trim_array unnest upper_inc upper_inf
"""
_SEARCH = """
    numnode phraseto_tsquery plainto_tsquery querytree setweight strip to_tsquery to_tsvector ts_delete ts_filter ts_headline ts_rank ts_rank_cd
    tsquery_phrase tsvector_to_array websearch_to_tsquery
"""
_AGGREGATES = """
    any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp cume_dist dense_rank every first_value json_agg
    json_object_agg jsonb_agg jsonb_object_agg lag last_value lead max min mode nth_value ntile percent_rank percentile_cont percentile_disc
    range_agg range_intersect_agg rank regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy row_number stddev
    stddev_pop stddev_samp string_agg sum var_pop var_samp variance
"""
_NETWORK = "abbrev broadcast family host hostmask inet_merge inet_same_family macaddr8_set7bit masklen netmask network"
_GEOMETRY = "area box center circle diagonal diameter height isclosed isopen isparallel isperp lseg npoints path point polygon radius slope width"
_CATALOGUE = """
    col_description current_database current_schema current_schemas format_type has_column_privilege has_database_privilege has_schema_privilege
    has_table_privilege obj_description pg_backend_pid pg_blocking_pids pg_column_size pg_conf_load_time pg_database_size pg_get_constraintdef
    pg_get_expr pg_get_indexdef pg_get_userbyid pg_index_column_has_property pg_indexes_size pg_is_in_recovery pg_last_xact_replay_timestamp
    pg_postmaster_start_time pg_relation_size pg_size_bytes pg_size_pretty pg_stat_get_live_tuples pg_table_is_visible pg_table_size
    pg_total_relation_size pg_typeof shobj_description to_regclass to_regtype txid_current_if_assigned uuid_extract_timestamp version
"""
FUNCTIONS = frozenset(" ".join((_MATH, _TEXT, _TIME, _CASTS, _JSON, _SETS, _SEARCH, _AGGREGATES, _NETWORK, _GEOMETRY, _CATALOGUE)).split()) | {
    "current_setting"
}
"""Functions of pg_catalog that change nothing, wait for nothing and read nothing outside the tables that the query names."""

SETTINGS = frozenset(
    """
    autovacuum block_size checkpoint_timeout deadlock_timeout default_transaction_isolation effective_cache_size
    idle_in_transaction_session_timeout in_hot_standby lock_timeout log_min_duration_statement maintenance_work_mem max_connections max_locks_per_transaction
    max_parallel_workers max_prepared_transactions max_wal_size max_worker_processes random_page_cost server_version server_version_num shared_buffers
    statement_timeout superuser_reserved_connections temp_buffers timezone transaction_isolation transaction_read_only wal_level work_mem
    """.split()  # noqa: SIM905 - read as a list of words
)
"""What `current_setting` may be asked: settings that hold no secret and no address."""

TYPES = frozenset(
    """
    bit bool box bpchar bytea char cidr circle date daterange float4 float8 inet int2 int4 int4range int8 int8range interval json jsonb jsonpath line lseg
    macaddr macaddr8 money name numeric numrange oid path point polygon regclass regnamespace regrole regtype text time timestamp timestamptz timetz
    tsquery tsrange tstzrange tsvector uuid varbit varchar xid xid8 pg_lsn
    """.split()  # noqa: SIM905 - read as a list of words
)

CATALOGUES = frozenset(
    """
    pg_aggregate pg_am pg_attribute pg_class pg_collation pg_constraint pg_database pg_depend pg_description pg_enum pg_extension pg_index pg_indexes
    pg_inherits pg_locks pg_namespace pg_partitioned_table pg_roles pg_sequences pg_stat_activity pg_stat_all_indexes pg_stat_all_tables
    pg_stat_archiver pg_stat_bgwriter pg_stat_checkpointer pg_stat_database pg_stat_database_conflicts pg_stat_io pg_stat_progress_analyze
    pg_stat_progress_create_index pg_stat_progress_vacuum pg_stat_replication_slots pg_stat_slru pg_stat_statements pg_stat_sys_tables
    pg_stat_user_functions pg_stat_user_indexes pg_stat_user_tables pg_stat_wal pg_statio_all_tables pg_statio_user_indexes pg_statio_user_tables
    pg_tables pg_tablespace pg_trigger pg_type
    """.split()  # noqa: SIM905 - read as a list of words
)
"""Catalogues and statistics without secrets. Left out among others: pg_authid, pg_hba_file_rules, pg_proc, pg_settings, pg_stats, pg_subscription,
pg_user_mapping, pg_views."""

INFORMATION_SCHEMA = frozenset(
    """
    character_sets check_constraints collations columns constraint_column_usage constraint_table_usage domains key_column_usage referential_constraints
    schemata sequences table_constraints tables
    """.split()  # noqa: SIM905 - read as a list of words
)
